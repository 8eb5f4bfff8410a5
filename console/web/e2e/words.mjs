// Words that a reader of Chinese would find in English: on the screen, or read out. What people said and what they named stays
// as it is and stands in elements marked translate="no"; keys and codes in kbd and code.

/** Names that are the same in every language; those of time zones (Area/City) are, too. */
const NAMES = ["Jingyin", "pocketsphinx", "Vosk", "HTTPS", "https", "localhost", "English", "UDP", "platform", "talk", "longest"];

export const untranslated = (page) =>
  page.evaluate((names) => {
    const found = [];
    const look = (text, place) => {
      const words = (text ?? "").replace(/[A-Z][a-z]+\/[A-Z]\w+/g, "").match(/[A-Za-z]{3,}/g)?.filter((word) => !names.includes(word)) ?? [];
      if (words.length) found.push(`${place}: ${text.trim()}`);
    };
    const hidden = (element) => element.closest('[translate="no"], kbd, code, textarea, script, style, svg') !== null;
    const walker = document.createTreeWalker(document.body, window.NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      if (!hidden(element) && element.checkVisibility()) look(walker.currentNode.data, element.tagName.toLowerCase());
    }
    for (const element of document.body.querySelectorAll("[aria-label], [title], [placeholder]")) {
      if (hidden(element) || element.closest("[aria-hidden=true]") !== null || !element.checkVisibility()) continue;
      for (const name of ["aria-label", "title", "placeholder"]) look(element.getAttribute(name), `${element.tagName.toLowerCase()}[${name}]`);
    }
    return [...new Set(found)];
  }, NAMES);
