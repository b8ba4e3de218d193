/** The encodings the site's pages are written in, by their WHATWG names. */
export type Charset = 'utf-8' | 'windows-1252' | 'shift_jis';

// 0x80 to 0x9F, the part of windows-1252 that is not Latin-1; a blank stands for an unassigned byte.
const WINDOWS_1252_UPPER = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';

let shiftJis: ReadonlyMap<string, readonly number[]> | undefined;

/**
 * Encodes text in one of the site's encodings. The platform only decodes the two old ones.
 *
 * @throws RangeError for a character the encoding does not have.
 */
export function encodeText(text: string, charset: Charset): Uint8Array {
  if (charset === 'utf-8') return new TextEncoder().encode(text);
  const encodeCharacter = charset === 'windows-1252' ? windows1252Bytes : shiftJisBytes;
  return Uint8Array.from(
    Array.from(text).flatMap((character) => {
      const bytes = encodeCharacter(character);
      if (!bytes) throw new RangeError(`"${character}" cannot be written in ${charset}.`);
      return bytes;
    }),
  );
}

function windows1252Bytes(character: string): readonly number[] | undefined {
  const code = character.charCodeAt(0);
  if (code < 0x80 || (code >= 0xa0 && code <= 0xff)) return [code];
  const index = WINDOWS_1252_UPPER.indexOf(character);
  return index < 0 ? undefined : [0x80 + index];
}

function shiftJisBytes(character: string): readonly number[] | undefined {
  shiftJis ??= invertShiftJis();
  return shiftJis.get(character);
}

// Decodes each byte sequence the encoding can have and keeps the first that leads to a character.
function invertShiftJis(): ReadonlyMap<string, readonly number[]> {
  const decoder = new TextDecoder('shift_jis', { fatal: true });
  const sequences = new Map<string, readonly number[]>();
  const add = (...bytes: number[]): void => {
    try {
      const character = decoder.decode(Uint8Array.from(bytes));
      if (!sequences.has(character)) sequences.set(character, bytes);
    } catch {
      // Unassigned.
    }
  };
  for (let byte = 0; byte < 0x80; byte++) add(byte);
  for (let byte = 0xa1; byte <= 0xdf; byte++) add(byte);
  for (let lead = 0x81; lead <= 0xfc; lead++) {
    if (lead > 0x9f && lead < 0xe0) continue;
    for (let trail = 0x40; trail <= 0xfc; trail++) if (trail !== 0x7f) add(lead, trail);
  }
  return sequences;
}
