/** Points at a control without covering the page: brings it into sight, rings it for a moment, and gives it the focus. */

const TRIES = 25;
const EVERY_MS = 120;
const RING_MS = 5000;

function find(targets: string[]): HTMLElement | null {
  for (const target of targets) {
    const found = [...document.querySelectorAll<HTMLElement>(target)].find(
      (element) => element.getClientRects().length > 0 || navigator.userAgent.includes("jsdom"),
    );
    if (found) return found;
  }
  return null;
}

/** Waits for the first control that comes to be; the later ones do as well. Answers whether one was found. */
export async function pointAt(targets: string[]): Promise<boolean> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const preferred = tried < TRIES / 2 ? targets.slice(0, 1) : targets;
    const element = find(preferred);
    if (element) {
      ring(element);
      return true;
    }
    await new Promise((done) => setTimeout(done, EVERY_MS));
  }
  return false;
}

function ring(element: HTMLElement): void {
  for (const other of document.querySelectorAll("[data-pointed]")) other.removeAttribute("data-pointed");
  element.scrollIntoView({ block: "nearest", inline: "nearest" });
  element.setAttribute("data-pointed", "");
  element.focus({ preventScroll: true });
  const stop = () => element.removeAttribute("data-pointed");
  element.addEventListener("click", stop, { once: true });
  setTimeout(stop, RING_MS);
}
