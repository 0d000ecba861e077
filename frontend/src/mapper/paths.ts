/** Paths of fields as rules write them: `trigger.body.lines[].price`, `OrderDtls[].PartNum`. Pure. */

/** How many lists the path goes through. */
export function listsIn(path: string): number {
  return path.split("[]").length - 1;
}

/** The path with every item number as "each": `lines[0].price` and `lines.0.price` are fields of `lines[]`. */
export function eachItem(path: string): string {
  return path.replace(/\[-?\d+\]|\.\d+(?=\.|\[|$)/g, "[]");
}

/** The path of the field that is meant: item numbers and a last "each item" do not make another field. */
export function fieldPath(path: string): string {
  return eachItem(path).replace(/(\[\])+$/, "");
}

/** The path of what holds this field; null at the top. */
export function parentOf(path: string): string | null {
  const cut = path.lastIndexOf(".");
  return cut < 0 ? null : path.slice(0, cut).replace(/(\[\])+$/, "");
}

export function nameIn(path: string): string {
  return (path.split(".").at(-1) ?? path).replace(/\[\]/g, "");
}

/** Whether the path is a part of the other field. */
export function isInside(path: string, holder: string): boolean {
  return path.startsWith(`${holder}.`) || path.startsWith(`${holder}[`);
}

/** The nearest field above, or the field itself, that is known. */
export function nearest(path: string, isKnown: (path: string) => boolean): string | null {
  let at: string | null = eachItem(path);
  while (at !== null && !isKnown(at)) {
    const bare: string = at.replace(/(\[\])+$/, "");
    at = bare === at ? parentOf(at) : bare;
  }
  return at;
}

const TARGET = /^[^.[\]"'\s][^.[\]"']*(\[\])?(\.[^.[\]"'\s][^.[\]"']*(\[\])?)*$/;

/** Whether a person's text can be the path of a target. */
export function isTargetPath(text: string): boolean {
  return text.length <= 1000 && TARGET.test(text);
}
