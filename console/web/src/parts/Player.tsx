/** One sound at a time: playing another stops the first. The sound of a turn is fetched when it is wanted, not before. */
import { CaretRightFilled, PauseOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { create } from "zustand";

interface Playing {
  source: string | null;
  play: (source: string, fromS?: number) => void;
  stop: () => void;
}

let sound: HTMLAudioElement | null = null;

const usePlaying = create<Playing>((set) => ({
  source: null,
  play: (source, fromS) => {
    sound?.pause();
    const audio = new Audio(source);
    sound = audio;
    const over = (): void => {
      if (sound === audio) set({ source: null });
    };
    audio.onended = audio.onerror = over;
    if (fromS !== undefined) audio.onloadedmetadata = () => (audio.currentTime = fromS);
    set({ source });
    void audio.play().catch(over);
  },
  stop: () => {
    sound?.pause();
    set({ source: null });
  },
}));

export function PlayButton({ source, label, disabled = false }: { source: string; label: string; disabled?: boolean }) {
  const { t } = useTranslation();
  const playing = usePlaying((state) => state.source === source);
  const { play, stop } = usePlaying.getState();
  const words = playing ? t("player.stop") : `${t("player.play")}: ${label}`;
  return (
    <button type="button" translate="no" className="plain play" aria-label={words} title={words} disabled={disabled} onClick={() => (playing ? stop() : play(source))}>
      {playing ? <PauseOutlined aria-hidden /> : <CaretRightFilled aria-hidden />}
    </button>
  );
}
