/** C0, DEL, C1, the two line separators, and what turns the direction of writing. */
const UNSEEN = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g
const UNSEEN_BUT_LINES = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** A text from outside as part of one line: nothing of it commands a terminal or begins another line. */
export function visibleText(text: string): string {
  return text.replace(UNSEEN, escaped)
}

/** The same for a text of several lines. JSON stays the same JSON. */
export function visibleLines(text: string): string {
  return text.replace(UNSEEN_BUT_LINES, escaped)
}

/** As JSON has it, so that both may stand in it. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
