/** Tables as texts: what spreadsheets put on the clipboard, and CSV files of any usual separator and encoding. Pure. */

export interface Line {
  /** The line of the text at which it begins, from 1. */
  line: number;
  cells: string[];
}

export const SEPARATORS = [
  { value: ",", title: "Comma" },
  { value: ";", title: "Semicolon" },
  { value: "\t", title: "Tab" },
  { value: "|", title: "Bar" },
] as const;

/** Split by RFC 4180: quoted cells may hold separators, line ends and doubled quotes. Empty lines are left out. */
export function split(text: string, separator: string): Line[] {
  const lines: Line[] = [];
  let cells: string[] = [];
  let cell = "";
  let quoted = false;
  let line = 1;
  let begun = 1;
  const endLine = () => {
    cells.push(cell);
    if (cells.length > 1 || cell.trim() !== "") lines.push({ line: begun, cells });
    cells = [];
    cell = "";
    begun = line;
  };
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === "\n") line += 1;
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (letter === '"' && cell === "") quoted = true;
    else if (letter === separator) {
      cells.push(cell);
      cell = "";
    } else if (letter === "\n") endLine();
    else if (letter !== "\r" || text[at + 1] !== "\n") cell += letter;
  }
  endLine();
  return lines;
}

/** The separator that gives the first lines the same number of cells, and the most of them; a comma may be decimal. */
export function separatorOf(text: string): string {
  const sample = text.slice(0, 20_000);
  let best = ",";
  let most = 1;
  for (const value of ["\t", ";", "|", ","]) {
    const widths = split(sample, value)
      .slice(0, 20)
      .map(({ cells }) => cells.length);
    const width = widths[0] ?? 0;
    const even = widths.filter((each) => each === width).length >= widths.length * 0.8;
    if (even && width > most) {
      best = value;
      most = width;
    }
  }
  return best;
}

export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";
export const ENCODINGS: { value: Encoding; title: string }[] = [
  { value: "utf-8", title: "UTF-8" },
  { value: "windows-1252", title: "Windows (Western)" },
  { value: "utf-16le", title: "UTF-16" },
  { value: "utf-16be", title: "UTF-16 (big endian)" },
];

/** By its mark, else UTF-8 where the bytes are that, else what older spreadsheets write. */
export function encodingOf(bytes: Uint8Array): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return "utf-8";
  } catch {
    return "windows-1252";
  }
}

/** The block of cells on the clipboard; tabs as spreadsheets write them, else a recognised separator. */
export function blockOf(text: string): string[][] {
  const separator = text.includes("\t") ? "\t" : separatorOf(text);
  return split(text.replace(/\r\n?/g, "\n"), separator).map(({ cells }) => cells);
}

/** The block as spreadsheets take it. */
export function tsvOf(block: readonly (readonly string[])[]): string {
  const quote = (cell: string) => (/[\t\n\r"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return block.map((cells) => cells.map(quote).join("\t")).join("\n");
}
