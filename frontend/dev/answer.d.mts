export interface StoryAnswer {
  status: number;
  body?: unknown;
  type?: string;
}
export interface StoryServer {
  answer: (method: string, path: string, body?: unknown) => StoryAnswer;
  story: Record<string, unknown[]> & { flows: { id: string; document: unknown; draft_etag: string }[] };
  signOut: () => void;
}
export function createStoryServer(): StoryServer;
