// Made by `npm run client` from docs/reference/openapi.json. Not to be edited.
export interface paths {
    "/api/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Agents
         * @description The tenant's.
         */
        get: operations["listAgents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/board": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Board
         * @description As of event `seq`.
         */
        get: operations["getBoard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/calls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Calls
         * @description A campaign's.
         */
        get: operations["listCalls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/calls/{call_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Call
         * @description One, with its turns.
         */
        get: operations["getCall"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/calls/{call_id}/journal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Journal
         * @description Everything that happened in it.
         */
        get: operations["readJournal"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/calls/{call_id}/monitor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Monitor
         * @description Be in the call in this mode; answers the call as the board shows it.
         */
        post: operations["monitorCall"];
        /**
         * Leave
         * @description Be in it no longer.
         */
        delete: operations["leaveCall"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/calls/{call_id}/recording": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Recording
         * @description The whole sound, which is audited.
         */
        get: operations["getRecording"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/calls/{call_id}/take-over": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take Over
         * @description Talk to the customer in the robot's or the agent's place.
         */
        post: operations["takeOverCall"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/calls/{call_id}/turns/{index}/audio": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Turn Audio
         * @description The sound of one turn.
         */
        get: operations["getTurnAudio"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/campaigns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Campaigns
         * @description The tenant's.
         */
        get: operations["listCampaigns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/campaigns/stop-all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop All
         * @description Everything that runs or is paused stops, which is audited.
         */
        post: operations["stopAllCampaigns"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/campaigns/{campaign_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Campaign
         * @description One.
         */
        get: operations["getCampaign"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/campaigns/{campaign_id}/action": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Move Campaign
         * @description Start, pause or stop it.
         */
        post: operations["moveCampaign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/customers/{customer_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Customer
         * @description One, with their history.
         */
        get: operations["getCustomer"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/customers/{customer_id}/can-call": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Can Call
         * @description Would a campaign dial them now, and why not? Nothing is taken.
         */
        get: operations["canCall"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/customers/{customer_id}/reveal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reveal
         * @description The whole number, for a reason, which is audited.
         */
        post: operations["revealNumber"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/demo-users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Demo Users */
        get: operations["demoUsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/desk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Desk
         * @description Everything the agent's screen shows.
         */
        get: operations["getDesk"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/desk/call/hang-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hang Up
         * @description They end their call.
         */
        post: operations["hangUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/desk/call/hold": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hold
         * @description Music for the customer, who hears nobody and is heard by nobody.
         */
        post: operations["holdCall"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/desk/call/mute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mute
         * @description Nobody hears the agent.
         */
        post: operations["muteCall"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/desk/call/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume
         * @description The two hear each other again.
         */
        post: operations["resumeCall"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/desk/call/transfer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Transfer
         * @description The customer is offered to a colleague or a queue, with music meanwhile.
         */
        post: operations["transferCall"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/desk/call/unmute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Unmute
         * @description They are heard again.
         */
        post: operations["unmuteCall"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/desk/draft": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Save Draft
         * @description What is written so far, over the version with the etag.
         */
        put: operations["saveDraft"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/desk/end-shift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End Shift
         * @description They go: now, or when the offer, the call or the work after it that holds them is over.
         */
        post: operations["endShift"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/desk/offers/{transfer_id}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept
         * @description They take the customer.
         */
        post: operations["acceptOffer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/desk/offers/{transfer_id}/decline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decline
         * @description They do not; somebody else is asked.
         */
        post: operations["declineOffer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/desk/phone": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Phone
         * @description Where a telephone that is no browser connects.
         */
        get: operations["getPhone"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/desk/start-shift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start Shift
         * @description They come to their desk, not ready yet.
         */
        post: operations["startShift"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/desk/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set Status
         * @description Ready, or not and why; in a call, what follows it. An end of the shift that was to come is taken back.
         */
        post: operations["setStatus"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/desk/transfer-targets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Transfer Targets
         * @description Colleagues who are there, and queues: to whom a customer may be put through.
         */
        get: operations["listTransferTargets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/desk/unfinished": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Unfinished
         * @description Earlier calls whose result they have not finished, the latest first.
         */
        get: operations["listUnfinished"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/desk/unfinished/{call_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Unfinished
         * @description One of them, as their screen had it in the call.
         */
        get: operations["getUnfinished"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/desk/wrap-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Wrap Up
         * @description The call's work is done: everything is written. Who wraps it up is free; an earlier call may be finished at any time.
         */
        post: operations["wrapUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/desk/wrap-up/extend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Extend
         * @description Longer, once a call.
         */
        post: operations["extendWrapUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Health */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Login */
        post: operations["login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Logout */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Me */
        get: operations["me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Metrics */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/phone": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Drop Phone
         * @description It is one no longer.
         */
        delete: operations["dropPhone"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/phone/offer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Offer Phone
         * @description The browser becomes the telephone of their shift; a supervisor's needs none.
         */
        post: operations["offerPhone"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/phone/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume Phone
         * @description A new connection in the place of one that broke: the same call goes on.
         */
        post: operations["resumePhone"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/talk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin
         * @description Ring the robot; not by voice while others hear the caller in a call, who would hear the talk as well.
         */
        post: operations["beginTalk"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/talk/engines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Engines
         * @description For each language of an assistant: who hears a person at a microphone, and how well.
         */
        get: operations["listTalkEngines"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/talk/{talk_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * So Far
         * @description What was told of it until now: what a page missed.
         */
        get: operations["getTalk"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/talk/{talk_id}/hang-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hang Up
         * @description The customer hangs up.
         */
        post: operations["hangUpTalk"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/talk/{talk_id}/key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Key
         * @description A key of the telephone.
         */
        post: operations["pressKeyInTalk"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/talk/{talk_id}/say": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say
         * @description Typed words.
         */
        post: operations["sayInTalk"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @enum {string} */
        AgentNext: "call" | "break" | "end_of_shift";
        /** @enum {string} */
        AgentOutcome: "" | "sold" | "interested" | "callback" | "thinking" | "not_interested" | "wrong_person" | "no_answer" | "complaint" | "do_not_call";
        /** @enum {string} */
        AgentState: "gone" | "idle" | "offered" | "talking" | "wrap_up";
        /** @enum {string} */
        AgentStatus: "ready" | "not_ready";
        /**
         * AgentView
         * @description An agent as the system sees them, and what they may do now; `next` is what follows when they have done what they are at.
         */
        AgentView: {
            /** Allowed Actions */
            allowed_actions: string[];
            /** Id */
            id: string;
            /** Name */
            name: string;
            next: components["schemas"]["AgentNext"];
            /** Reason */
            reason: string;
            /** Since */
            since: string;
            state: components["schemas"]["AgentState"];
            status: components["schemas"]["AgentStatus"];
        };
        /**
         * Board
         * @description Everything a wall shows, as of event `seq`.
         */
        Board: {
            /** Agents */
            agents: components["schemas"]["AgentView"][];
            /** Calls */
            calls: components["schemas"]["LiveCall"][];
            /** Campaigns */
            campaigns: components["schemas"]["CampaignView"][];
            /** Denials */
            denials: components["schemas"]["DenialView"][];
            /** Epoch */
            epoch: string;
            /** Seq */
            seq: number;
            tiles: components["schemas"]["Tiles"];
        };
        /**
         * BriefingView
         * @description What an agent is shown before they say hello. No `summary`: nobody of ours has spoken with them yet.
         */
        BriefingView: {
            /** Call Id */
            call_id: string;
            /** Campaign */
            campaign: string;
            /** Customer Name */
            customer_name: string;
            /** Earlier */
            earlier: components["schemas"]["PastView"][];
            /** Evidence */
            evidence: string[];
            grade: components["schemas"]["Grade"] | null;
            /** Masked Number */
            masked_number: string;
            /** Put Through By */
            put_through_by: string;
            /** Slots */
            slots: [
                string,
                string
            ][];
            /** Summary */
            summary: string[];
            /** Transcript */
            transcript: components["schemas"]["SaidView"][];
        };
        /**
         * CallDetail
         * @description A call, under way or over.
         */
        CallDetail: {
            /** Allowed Actions */
            allowed_actions: string[];
            /** Call Id */
            call_id: string;
            /** Campaign Id */
            campaign_id: string;
            /** Customer Id */
            customer_id: string | null;
            grade: components["schemas"]["Grade"] | null;
            /** Masked Name */
            masked_name: string;
            /** Masked Number */
            masked_number: string;
            /** Outcome */
            outcome: string | null;
            recording: components["schemas"]["RecordingView"];
            stage: components["schemas"]["Stage"];
            /** Summary */
            summary: string[];
            /** Turns */
            turns: components["schemas"]["TurnView"][];
        };
        /**
         * CallView
         * @description A line of a list of calls.
         */
        CallView: {
            /** Call Id */
            call_id: string;
            /** Campaign Id */
            campaign_id: string;
            grade: components["schemas"]["Grade"] | null;
            /** Lead Id */
            lead_id: string;
            /** Outcome */
            outcome: string | null;
            /** Served */
            served: string | null;
            /**
             * Stage
             * @enum {string}
             */
            stage: "dial" | "robot" | "human" | "ended";
            /** Summary */
            summary: string | null;
        };
        /**
         * CampaignAction
         * @description What to do with a campaign.
         */
        CampaignAction: {
            /**
             * Action
             * @enum {string}
             */
            action: "start" | "pause" | "stop";
        };
        /** @enum {string} */
        CampaignState: "draft" | "running" | "paused" | "stopped" | "done";
        /**
         * CampaignView
         * @description A campaign and what may be done with it; `pacing` is the pacer's last word, while it runs.
         */
        CampaignView: {
            /** Allowed Actions */
            allowed_actions: string[];
            /** Assistant */
            assistant: string;
            /** Id */
            id: string;
            /** Leads */
            leads: {
                [key: string]: number;
            };
            /** Mode */
            mode: string;
            /** Name */
            name: string;
            pacing: components["schemas"]["PaceView"] | null;
            state: components["schemas"]["CampaignState"];
        };
        /**
         * CanCall
         * @description May the customer be called now? Else which rule forbids it and when to ask again (None: nobody can say).
         *
         *     The rule is quota's, with `reasons`, or a campaign's, with the campaign and what its list says of the customer (`detail`).
         */
        CanCall: {
            /** Allowed */
            allowed: boolean;
            /** Campaign */
            campaign: string;
            /** Detail */
            detail: string;
            /** Reasons */
            reasons: components["schemas"]["ReasonView"][];
            /** Retry At */
            retry_at: string | null;
            /** Rule */
            rule: string | null;
        };
        /**
         * ColleagueView
         * @description Another agent; `free`: may be offered a customer now.
         */
        ColleagueView: {
            /** Free */
            free: boolean;
            /** Id */
            id: string;
            /** Name */
            name: string;
            /** Reason */
            reason: string;
            /** Since */
            since: string;
            state: components["schemas"]["AgentState"];
            status: components["schemas"]["AgentStatus"];
        };
        /** @enum {string} */
        Consent: "opted_out" | "not_opted_out";
        /**
         * CustomerEvent
         * @description One line of a customer's timeline. `data`: the facts of its kind (crm.timeline), ids replaced by names. `recording`:
         *     there is sound of the call, and who asks may hear it.
         */
        CustomerEvent: {
            /** At */
            at: string;
            /** Call Id */
            call_id: string | null;
            /** Data */
            data: {
                [key: string]: string | number | boolean;
            };
            kind: components["schemas"]["TimelineKind"];
            /** Recording */
            recording: boolean;
        };
        /**
         * CustomerView
         * @description A customer with their history.
         */
        CustomerView: {
            /** Allowed Actions */
            allowed_actions: string[];
            consent: components["schemas"]["Consent"];
            /** Customer Id */
            customer_id: string;
            interest: components["schemas"]["Interest"];
            /** Masked Name */
            masked_name: string;
            /** Masked Number */
            masked_number: string;
            /** Owner */
            owner: string | null;
            /** Timeline */
            timeline: components["schemas"]["CustomerEvent"][];
        };
        /**
         * DemoUser
         * @description Somebody to log in as while a demo runs.
         */
        DemoUser: {
            /** Display Name */
            display_name: string;
            /** Name */
            name: string;
            /** Password */
            password: string;
            /** Roles */
            roles: components["schemas"]["Role"][];
            /** Tenant */
            tenant: string;
        };
        /**
         * DenialView
         * @description A call that was not allowed, with every reason.
         */
        DenialView: {
            /** At */
            at: string;
            /** Lead Id */
            lead_id: string;
            /** Reasons */
            reasons: components["schemas"]["ReasonView"][];
            /** Retry At */
            retry_at: string | null;
        };
        /**
         * DeskAgent
         * @description Who sits there.
         */
        DeskAgent: {
            /** Id */
            id: string;
            /** Name */
            name: string;
        };
        /**
         * DeskCall
         * @description The call an agent talks in, wraps up, or has not finished.
         */
        DeskCall: {
            briefing: components["schemas"]["BriefingView"] | null;
            /** Call Id */
            call_id: string;
            /** City */
            city: string | null;
            /** Customer Id */
            customer_id: string | null;
            draft: components["schemas"]["DraftView"] | null;
            grade: components["schemas"]["Grade"] | null;
            /** Held */
            held: boolean;
            /** Local Time */
            local_time: string | null;
            /** Muted */
            muted: boolean;
            /** Name */
            name: string;
            /** Number */
            number: string;
            /** Since */
            since: string;
            /** Transcript */
            transcript: components["schemas"]["TurnView"][];
            /** Transfer To */
            transfer_to: string | null;
            /** Zone */
            zone: string | null;
        };
        /**
         * DeskView
         * @description Everything an agent's screen shows: a reload needs nothing else. `call` is there in a wrap-up too; `next` is what follows
         *     it, `unfinished` how many earlier calls wait for their result.
         */
        DeskView: {
            agent: components["schemas"]["DeskAgent"];
            /** Allowed Actions */
            allowed_actions: string[];
            call: components["schemas"]["DeskCall"] | null;
            /** Desk Session */
            desk_session: string | null;
            next: components["schemas"]["AgentNext"];
            offer: components["schemas"]["OfferView"] | null;
            phone: components["schemas"]["PhoneState"];
            /** Reason */
            reason: string;
            /** Since */
            since: string;
            state: components["schemas"]["AgentState"];
            status: components["schemas"]["AgentStatus"];
            /** Unfinished */
            unfinished: number;
            wrap_up: components["schemas"]["WrapUpView"] | null;
        };
        /**
         * DraftEdit
         * @description A new version over the one with `etag` (none yet: empty).
         */
        DraftEdit: {
            /** Call Id */
            call_id: string;
            /** Callback At */
            callback_at?: string | null;
            /** Etag */
            etag?: string | null;
            grade?: components["schemas"]["Grade"] | null;
            /**
             * Note
             * @default
             */
            note: string;
            /** @default  */
            outcome: components["schemas"]["AgentOutcome"];
        };
        /**
         * DraftSaved
         * @description The version that stands now.
         */
        DraftSaved: {
            /** Etag */
            etag: string;
            /** Saved At */
            saved_at: string;
        };
        /**
         * DraftView
         * @description What is written of a call so far.
         */
        DraftView: {
            /** Call Id */
            call_id: string;
            /** Callback At */
            callback_at: string | null;
            /** Etag */
            etag: string;
            grade: components["schemas"]["Grade"] | null;
            /** Note */
            note: string;
            /** Outcome */
            outcome: string;
            /** Saved At */
            saved_at: string | null;
        };
        /** @enum {string} */
        Grade: "A" | "B" | "C" | "D" | "E" | "F";
        /**
         * Health
         * @description How the platform is.
         */
        Health: {
            /** Agents */
            agents: number;
            /** Calls */
            calls: number;
            /** Late Ticks */
            late_ticks: number;
            /** Recognizer */
            recognizer: boolean;
            /**
             * Status
             * @enum {string}
             */
            status: "ok" | "degraded";
            /** Synthesizer */
            synthesizer: boolean;
        };
        /**
         * Interest
         * @description Both judgements; a person's stands over the machine's.
         */
        Interest: {
            human: components["schemas"]["Grade"] | null;
            machine: components["schemas"]["Grade"] | null;
        };
        /**
         * JournalEntry
         * @description One thing that happened in a call.
         */
        JournalEntry: {
            /** At */
            at: string;
            /** Data */
            data: {
                [key: string]: unknown;
            };
            /** Kind */
            kind: string;
            /** Seq */
            seq: number;
        };
        /**
         * LiveCall
         * @description A call under way. While it is `held` (`transfer_to`: to put the customer through there), or the agent's phone is lost and
         *     nobody barges, the customer hears music and nobody.
         */
        LiveCall: {
            /** Agent Id */
            agent_id: string | null;
            /** Allowed Actions */
            allowed_actions: string[];
            /** Call Id */
            call_id: string;
            /** Campaign Id */
            campaign_id: string;
            /** City */
            city: string | null;
            grade: components["schemas"]["Grade"] | null;
            /** Held */
            held: boolean;
            /** Last Text */
            last_text: string | null;
            /** Masked Name */
            masked_name: string;
            /** Masked Number */
            masked_number: string;
            monitored: components["schemas"]["MonitorMode"] | null;
            /** Monitored By */
            monitored_by: string | null;
            /** Phone Lost */
            phone_lost: boolean;
            /** Since */
            since: string;
            stage: components["schemas"]["Stage"];
            /** Transfer To */
            transfer_to: string | null;
        };
        /**
         * Login
         * @description Name and password, within a tenant.
         */
        Login: {
            /** Name */
            name: string;
            /** Password */
            password: string;
            /** Tenant */
            tenant: string;
        };
        /**
         * Me
         * @description Who is logged in. `csrf` goes with every command.
         */
        Me: {
            /** Agent Id */
            agent_id: string | null;
            /** Csrf */
            csrf: string;
            /** Display Name */
            display_name: string;
            /** Lang */
            lang: string;
            /** Name */
            name: string;
            /** Roles */
            roles: components["schemas"]["Role"][];
            /** Tenant */
            tenant: string;
            /** User Id */
            user_id: string;
        };
        /** @enum {string} */
        MonitorMode: "listen" | "whisper" | "barge";
        /**
         * MonitorWish
         * @description How a supervisor wants to be in a call.
         */
        MonitorWish: {
            mode: components["schemas"]["MonitorMode"];
        };
        /**
         * OfferView
         * @description Take this customer?
         */
        OfferView: {
            briefing: components["schemas"]["BriefingView"];
            /** Expires In S */
            expires_in_s: number;
            /**
             * Straight
             * @default false
             */
            straight: boolean;
            /** Transfer Id */
            transfer_id: string;
        };
        /**
         * PaceView
         * @description Why a campaign dials at this pace: `law`, what bound it (`limit`), and the law's figures: counts, shares 0..1 (`_share`),
         *     seconds (`_s`). `said` is all of it as an English sentence, as logs have it.
         */
        PaceView: {
            /** Dial */
            dial: number;
            /** Figures */
            figures: {
                [key: string]: number;
            };
            /** Law */
            law: string;
            /** Limit */
            limit: string;
            /** Said */
            said: string;
        };
        /**
         * PastView
         * @description One thing that happened with a customer before; `result` is the machine's outcome of a call, or the agent's.
         */
        PastView: {
            /** At */
            at: string;
            grade: components["schemas"]["Grade"] | null;
            /**
             * Kind
             * @enum {string}
             */
            kind: "call" | "callback_booked" | "callback_cancelled" | "opted_out" | "note" | "wrapped_up";
            /** Mode */
            mode: string;
            /** Result */
            result: string;
            /** Text */
            text: string;
        };
        /**
         * PhoneAnswer
         * @description Our answer.
         */
        PhoneAnswer: {
            /** Phone Id */
            phone_id: string;
            /** Sdp */
            sdp: string;
        };
        /**
         * PhoneOffer
         * @description A browser's offer.
         */
        PhoneOffer: {
            /**
             * Codec
             * @default pcma
             * @enum {string}
             */
            codec: "pcma" | "opus";
            /** Desk Session */
            desk_session?: string | null;
            /** Sdp */
            sdp: string;
        };
        /**
         * PhoneResume
         * @description A browser's offer that takes the place of the phone it was before.
         */
        PhoneResume: {
            /**
             * Codec
             * @default pcma
             * @enum {string}
             */
            codec: "pcma" | "opus";
            /** Desk Session */
            desk_session?: string | null;
            /** Phone Id */
            phone_id: string;
            /** Sdp */
            sdp: string;
        };
        /**
         * PhoneState
         * @description The agent's telephone.
         */
        PhoneState: {
            /** Lost Until */
            lost_until: string | null;
            /** State */
            state: string;
        };
        /**
         * PhoneView
         * @description Where an agent's phone connects by AudioSocket (simulated agents, hardware).
         */
        PhoneView: {
            /** Host */
            host: string;
            /** Port */
            port: number;
            /** Uuid */
            uuid: string;
        };
        /**
         * Problem
         * @description Every error's body. `case` tells apart what one code is answered for, `params` are the values in its text: who words it
         *     in another language needs no more. Codes that are not in the list are of servers that are newer than the client.
         */
        Problem: {
            /** Case */
            case: string;
            /**
             * Code
             * @enum {string}
             */
            code: "console.bad_time" | "console.key_reused" | "console.malformed" | "console.no_such_route" | "console.not_logged_in" | "console.not_loopback" | "console.not_yours" | "console.too_large" | "console.too_many_tries" | "console.unexpected" | "console.unknown_tenant" | "console.wrong_token" | "crm.draft_changed" | "crm.not_found" | "dialer.already_supervised" | "dialer.changed_meanwhile" | "dialer.data_missing" | "dialer.data_unmasked" | "dialer.inbound_rules_invalid" | "dialer.no_such_talk" | "dialer.no_voice" | "dialer.nobody_to_transfer_to" | "dialer.not_now" | "dialer.speech_not_ready" | "dialer.talk_over" | "dialer.too_many_talks" | "dialer.unknown_language" | "dialer.unknown_mode" | "handoff.desk_session_fenced" | "handoff.no_such_agent" | "handoff.no_such_phone" | "handoff.no_such_transfer" | "handoff.offer_over" | "handoff.phone_missing" | "kernel.forbidden" | "kernel.ids_exhausted" | "kernel.illegal_transition" | "kernel.process_lost" | "media.offer_refused" | "speech.espeak_failed" | "speech.graph_failed" | "speech.model_unreadable" | "speech.no_pronunciation" | "speech.unknown_words" | "storage.busy" | "storage.damaged" | "storage.failed" | "storage.full" | "storage.unavailable";
            /** Message */
            message: string;
            /** Params */
            params: {
                [key: string]: string | number | string[];
            };
            /** Remedy */
            remedy: string;
            /** Request Id */
            request_id: string;
        };
        /**
         * QueueView
         * @description A queue: customers who wait in it, other agents who serve it, and how many of these are free.
         */
        QueueView: {
            /** Free */
            free: number;
            /** Name */
            name: string;
            /** Served By */
            served_by: number;
            /** Waiting */
            waiting: number;
        };
        /**
         * ReasonView
         * @description One rule's no: whose limit it is (`level`, empty: everybody's), the limit, and what was seen.
         */
        ReasonView: {
            /** Level */
            level: string;
            /** Limit */
            limit: string;
            /** Rule */
            rule: string;
            /** Seen */
            seen: string;
        };
        /**
         * RecordingView
         * @description Whether there is sound to be heard.
         */
        RecordingView: {
            /** Available */
            available: boolean;
            /** Seconds */
            seconds: number | null;
        };
        /**
         * Reveal
         * @description Why the number must be seen.
         */
        Reveal: {
            /** Reason */
            reason: string;
        };
        /**
         * Revealed
         * @description The number, to be shown until then.
         */
        Revealed: {
            /** Number */
            number: string;
            /** Until */
            until: string;
        };
        /**
         * Role
         * @description What a person may do: AGENT takes calls, SUPERVISOR runs campaigns, DESIGNER writes dialogues, ADMIN owns it.
         * @enum {string}
         */
        Role: "agent" | "supervisor" | "designer" | "admin";
        /**
         * SaidView
         * @description A turn of the robot's talk.
         */
        SaidView: {
            /** At S */
            at_s: number;
            /** Text */
            text: string;
            who: components["schemas"]["Speaker"];
        };
        /** @enum {string} */
        Speaker: "customer" | "robot" | "agent";
        /** @enum {string} */
        Stage: "dialling" | "robot" | "waiting" | "human" | "wrap_up" | "ended";
        /**
         * StatusChoice
         * @description Ready, or not and why.
         */
        StatusChoice: {
            /**
             * Reason
             * @default
             */
            reason: string;
            status: components["schemas"]["AgentStatus"];
        };
        /**
         * TalkBegin
         * @description Be the customer. `sdp`: the browser's offer, for a voice.
         */
        TalkBegin: {
            /** Lang */
            lang: string;
            /**
             * Mode
             * @enum {string}
             */
            mode: "typed" | "voice";
            /** Sdp */
            sdp?: string | null;
        };
        /**
         * TalkBegun
         * @description Its events are of topic `talks/{talk_id}`. `sdp` answers a voice's offer.
         */
        TalkBegun: {
            /** Engine */
            engine: string;
            /** Sdp */
            sdp: string | null;
            /** Talk Id */
            talk_id: string;
        };
        /**
         * TalkEngineView
         * @description What hears a person who talks with the assistant of a language; `expect` is how good to expect it to be, in English;
         *     `hearing` says which kind it is, to who words it otherwise. Without `voice` one can only type.
         */
        TalkEngineView: {
            /** Expect */
            expect: string;
            /** Hearing */
            hearing: ("phrases" | "spelled" | "own") | null;
            /** Lang */
            lang: string;
            /** Name */
            name: string;
            /** Voice */
            voice: boolean;
        };
        /**
         * TalkEvent
         * @description As the live socket carries it.
         */
        TalkEvent: {
            /** Data */
            data: {
                [key: string]: unknown;
            };
            /** Type */
            type: string;
        };
        /**
         * TalkKey
         * @description A key of the telephone.
         */
        TalkKey: {
            /** Digit */
            digit: string;
        };
        /**
         * TalkSay
         * @description What the customer types.
         */
        TalkSay: {
            /** Text */
            text: string;
        };
        /**
         * TalkView
         * @description What happened so far, partials left out.
         */
        TalkView: {
            /** Events */
            events: components["schemas"]["TalkEvent"][];
        };
        /**
         * Tiles
         * @description Figures of this moment; None: nothing to count yet.
         *
         *     `abandoned_percent`: of the calls of a predictive campaign that a person answered in the last 30 days, those for whom no
         *     agent was there; of several campaigns the highest. `answer_to_robot_ms`: median over the last 50 talks.
         */
        Tiles: {
            /** Abandoned Percent */
            abandoned_percent: number | null;
            /** Answer To Robot Ms */
            answer_to_robot_ms: number | null;
            /** Denials Per Min */
            denials_per_min: number;
            /** Dialling */
            dialling: number;
            /** Human */
            human: number;
            /** Not Ready */
            not_ready: number;
            /** Ready */
            ready: number;
            /** Robot */
            robot: number;
            /** Waiting */
            waiting: number;
            /** Wrap Up */
            wrap_up: number;
        };
        /** @enum {string} */
        TimelineKind: "registered" | "number_added" | "assigned" | "graded" | "lead_added" | "lead_stopped" | "call" | "callback_booked" | "callback_moved" | "callback_cancelled" | "opted_out" | "consent" | "note" | "wrapped_up";
        /**
         * TransferTargets
         * @description To whom a customer may be put through.
         */
        TransferTargets: {
            /** Agents */
            agents: components["schemas"]["ColleagueView"][];
            /** Queues */
            queues: components["schemas"]["QueueView"][];
        };
        /**
         * TransferWish
         * @description To whom the customer is to be put through: an agent by name or id, or a queue. One of the two.
         */
        TransferWish: {
            /** To Agent */
            to_agent?: string | null;
            /** To Queue */
            to_queue?: string | null;
        };
        /**
         * TurnView
         * @description One turn of a call; times in ms since the answer.
         */
        TurnView: {
            /** Because */
            because: string | null;
            /** Confidence */
            confidence: number | null;
            /** End Ms */
            end_ms: number;
            /** Index */
            index: number;
            /** Intent */
            intent: string | null;
            /** Kind */
            kind: string;
            /** Start Ms */
            start_ms: number;
            /** Text */
            text: string;
            who: components["schemas"]["Speaker"];
        };
        /**
         * UnfinishedView
         * @description A call whose result the agent began to write and did not save.
         */
        UnfinishedView: {
            /** Call Id */
            call_id: string;
            /** Name */
            name: string;
            /** Number */
            number: string;
            /** Saved At */
            saved_at: string;
        };
        /**
         * WrapUp
         * @description What came of the call.
         */
        WrapUp: {
            /** Call Id */
            call_id: string;
            /** Callback At */
            callback_at?: string | null;
            grade?: components["schemas"]["Grade"] | null;
            /**
             * Note
             * @default
             */
            note: string;
            /** @default  */
            outcome: components["schemas"]["AgentOutcome"];
        };
        /**
         * WrapUpView
         * @description The work after a call; `taken_over_by`: the name of who took it over from the agent.
         */
        WrapUpView: {
            /** Call Id */
            call_id: string;
            draft: components["schemas"]["DraftView"] | null;
            /** Extended */
            extended: boolean;
            /** Taken Over By */
            taken_over_by: string | null;
            /** Until */
            until: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listAgents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentView"][];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getBoard: {
        parameters: {
            query?: {
                campaign_id?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Board"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listCalls: {
        parameters: {
            query: {
                campaign_id: number;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallView"][];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCall: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                call_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallDetail"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readJournal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                call_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JournalEntry"][];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    monitorCall: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                call_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MonitorWish"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiveCall"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    leaveCall: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                call_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRecording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                call_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    takeOverCall: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                call_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiveCall"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTurnAudio: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                call_id: number;
                index: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listCampaigns: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignView"][];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stopAllCampaigns: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignView"][];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCampaign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                campaign_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignView"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    moveCampaign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                campaign_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CampaignAction"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignView"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCustomer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                customer_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomerView"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    canCall: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                customer_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CanCall"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revealNumber: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                customer_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Reveal"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Revealed"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    demoUsers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DemoUser"][];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDesk: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeskView"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    hangUp: {
        parameters: {
            query?: never;
            header?: {
                "x-desk-session"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeskView"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    holdCall: {
        parameters: {
            query?: never;
            header?: {
                "x-desk-session"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeskView"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    muteCall: {
        parameters: {
            query?: never;
            header?: {
                "x-desk-session"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeskView"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resumeCall: {
        parameters: {
            query?: never;
            header?: {
                "x-desk-session"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeskView"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    transferCall: {
        parameters: {
            query?: never;
            header?: {
                "x-desk-session"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TransferWish"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeskView"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unmuteCall: {
        parameters: {
            query?: never;
            header?: {
                "x-desk-session"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeskView"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    saveDraft: {
        parameters: {
            query?: never;
            header?: {
                "x-desk-session"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DraftEdit"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DraftSaved"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endShift: {
        parameters: {
            query?: never;
            header?: {
                "x-desk-session"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeskView"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    acceptOffer: {
        parameters: {
            query?: never;
            header?: {
                "x-desk-session"?: string | null;
            };
            path: {
                transfer_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeskView"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    declineOffer: {
        parameters: {
            query?: never;
            header?: {
                "x-desk-session"?: string | null;
            };
            path: {
                transfer_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeskView"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPhone: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PhoneView"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    startShift: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeskView"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setStatus: {
        parameters: {
            query?: never;
            header?: {
                "x-desk-session"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StatusChoice"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeskView"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTransferTargets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TransferTargets"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listUnfinished: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnfinishedView"][];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getUnfinished: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                call_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeskCall"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    wrapUp: {
        parameters: {
            query?: never;
            header?: {
                "x-desk-session"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WrapUp"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeskView"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    extendWrapUp: {
        parameters: {
            query?: never;
            header?: {
                "x-desk-session"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeskView"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Login"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": components["schemas"]["Problem"];
                };
            };
        };
    };
    dropPhone: {
        parameters: {
            query?: never;
            header?: {
                "x-desk-session"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    offerPhone: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PhoneOffer"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PhoneAnswer"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resumePhone: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PhoneResume"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PhoneAnswer"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    beginTalk: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TalkBegin"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TalkBegun"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTalkEngines: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TalkEngineView"][];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTalk: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                talk_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TalkView"];
                };
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    hangUpTalk: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                talk_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pressKeyInTalk: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                talk_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TalkKey"];
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sayInTalk: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                talk_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TalkSay"];
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused: why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
