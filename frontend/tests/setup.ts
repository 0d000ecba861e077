/** Prepares jsdom for every test: matchers, and the browser parts that jsdom does not have. */
import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

// The suite shares its machine with others: what is awaited may take its time.
configure({ asyncUtilTimeout: 20_000 });

class Observer {
  observe() {}
  unobserve() {}
  disconnect() {}
}
window.ResizeObserver = Observer as unknown as typeof ResizeObserver;
window.IntersectionObserver = Observer as unknown as typeof IntersectionObserver;
window.matchMedia = ((media: string) => ({
  matches: false,
  media,
  addEventListener() {},
  removeEventListener() {},
  addListener() {},
  removeListener() {},
  dispatchEvent: () => false,
})) as unknown as typeof window.matchMedia;
window.DOMMatrixReadOnly = class {
  m22 = 1;
} as unknown as typeof DOMMatrixReadOnly;
Object.defineProperty(document, "fonts", {
  value: { addEventListener() {}, removeEventListener() {}, ready: Promise.resolve() },
});
Element.prototype.scrollIntoView = () => {};

afterEach(cleanup);
