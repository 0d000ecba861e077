/** The one door to the server: JSON over fetch with the session cookie, problems as typed errors.
 *  Tells its listener when the session has ended; never shows anything itself. */

export interface FieldProblem {
  pointer: string;
  code: string;
  message: string;
  hint?: string | null;
}

export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly hint: string | null = null,
    readonly errors: FieldProblem[] = [],
  ) {
    super(detail || title);
    this.name = "ApiProblem";
  }

  get retryable(): boolean {
    return this.status === 0 || this.status >= 500 || this.status === 429;
  }
}

let csrfToken = "";
let onSessionEnd: () => void = () => {};

export function setCsrfToken(token: string): void {
  csrfToken = token;
}
export function whenSessionEnds(listener: () => void): void {
  onSessionEnd = listener;
}

/** One finished request, as those hear of it who watch: the guide of the first flow, the banner of a lost server. */
export interface Finished {
  method: string;
  path: string;
  body: unknown;
  /** 0 when no answer came. */
  status: number;
}
type Watcher = (finished: Finished) => void;
const watchers = new Set<Watcher>();

export function watchRequests(watcher: Watcher): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
function tellWatchers(finished: Finished): void {
  for (const watcher of watchers) watcher(finished);
}

function csrfOf(): string {
  const cookie = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  return csrfToken || (cookie ? decodeURIComponent(cookie) : "");
}

async function problemOf(response: Response): Promise<ApiProblem> {
  let body: Record<string, unknown> = {};
  try {
    body = (await response.json()) as Record<string, unknown>;
  } catch {
    // Not every proxy answers JSON; the status alone must then say enough.
  }
  const title = String(body.title ?? response.statusText ?? "The request failed");
  const errors = Array.isArray(body.errors) ? (body.errors as FieldProblem[]) : [];
  const detail = String(body.detail ?? errors[0]?.message ?? "");
  const code = String(body.code ?? `http_${response.status}`);
  const hint = typeof body.hint === "string" ? body.hint : null;
  return new ApiProblem(response.status, code, title, detail, hint, errors);
}

const SIGNED_OUT = new Set(["not_authenticated", "authentication_failed", "signed_out"]);

export interface RequestOptions {
  body?: unknown;
  text?: { content: string; type: string };
  as?: "json" | "text";
  signal?: AbortSignal;
  quiet?: boolean;
}

export async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  let body: string | undefined;
  if (options.text) {
    headers["Content-Type"] = options.text.type;
    body = options.text.content;
  } else if (options.body !== undefined) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(options.body);
  }
  if (options.as === "text") headers.Accept = "text/csv, text/plain, application/json";
  if (method !== "GET") headers["X-CSRFToken"] = csrfOf();
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      body,
      credentials: "same-origin",
      signal: options.signal,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    tellWatchers({ method, path, body: options.body, status: 0 });
    throw new ApiProblem(
      0,
      "unreachable",
      "The server cannot be reached",
      "No answer came back.",
      "Check the network; nothing you typed is lost.",
    );
  }
  tellWatchers({ method, path, body: options.body, status: response.status });
  if (!response.ok) {
    const problem = await problemOf(response);
    const signedOut = response.status === 401 || (response.status === 403 && SIGNED_OUT.has(problem.code));
    if (signedOut && !options.quiet) onSessionEnd();
    throw problem;
  }
  if (response.status === 204) return undefined as T;
  if (options.as === "text") return (await response.text()) as T;
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

export const api = {
  get: <T>(path: string, options?: RequestOptions) => request<T>("GET", path, options),
  post: <T>(path: string, body: unknown = {}, options?: RequestOptions) =>
    request<T>("POST", path, { ...options, body }),
  patch: <T>(path: string, body: unknown, options?: RequestOptions) =>
    request<T>("PATCH", path, { ...options, body }),
  put: <T>(path: string, body: unknown, options?: RequestOptions) =>
    request<T>("PUT", path, { ...options, body }),
  delete: <T>(path: string, options?: RequestOptions) => request<T>("DELETE", path, options),
};

/** `?a=1&b=2` of the values that are set; an empty string when none is. */
export function query(values: Record<string, string | number | null | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `?${text}` : "";
}

export function explain(error: unknown): {
  title: string;
  detail: string;
  hint: string | null;
  code: string;
} {
  if (error instanceof ApiProblem) {
    return { title: error.title, detail: error.detail, hint: error.hint, code: error.code };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { title: "Something went wrong in the browser", detail: message, hint: null, code: "browser" };
}
