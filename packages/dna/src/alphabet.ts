/** Watson-Crick partner of each IUPAC code (Cornish-Bowden 1985); U pairs like T. */
const complements: Readonly<Record<string, string>> = {
  A: 'T', C: 'G', G: 'C', T: 'A', U: 'A', R: 'Y', Y: 'R', S: 'S', W: 'W', K: 'M', M: 'K', B: 'V', V: 'B', D: 'H', H: 'D', N: 'N',
}; // prettier-ignore

const complementByCode = complementTable();

/** 1 for the letters that name one base (A, C, G, T, U, either case), 2 for other letters and '?', 0 for gaps and the rest. */
const letterKind = letterKindTable();

/**
 * The other strand, read 5' to 3': reversed, each IUPAC code replaced by its complement.
 * Case is kept; U becomes A; anything that is no IUPAC code (gaps, digits) stays as it is. Linear in the length.
 */
export function reverseComplement(sequence: string): string {
  const codes = new Uint16Array(sequence.length);
  for (let i = 0, j = sequence.length - 1; j >= 0; i++, j--) {
    const code = sequence.charCodeAt(j);
    codes[i] = code < 128 ? (complementByCode[code] as number) : code;
  }
  return fromCodes(codes);
}

/** How many letters do not name exactly one base: N, the other IUPAC codes, '?' and foreign letters. Gaps and white space do not count. */
export function ambiguityCount(sequence: string): number {
  let count = 0;
  for (let i = 0; i < sequence.length; i++) {
    const code = sequence.charCodeAt(i);
    if (code >= 128 || letterKind[code] === 2) count++;
  }
  return count;
}

/** 0 to 3 for a character code of A, C, G, T or U in either case; -1 for every other. */
export function baseIndex(code: number): number {
  if (code >= 128 || letterKind[code] !== 1) return -1;
  const upper = code & 0xdf;
  return upper === 65 ? 0 : upper === 67 ? 1 : upper === 71 ? 2 : 3;
}

/** In blocks, because a spread of a long array overflows the stack. */
function fromCodes(codes: Uint16Array): string {
  let text = '';
  for (let start = 0; start < codes.length; start += 8192) {
    text += String.fromCharCode(...codes.subarray(start, start + 8192));
  }
  return text;
}

function complementTable(): Uint8Array {
  const table = Uint8Array.from({ length: 128 }, (_, code) => code);
  for (const [base, partner] of Object.entries(complements)) {
    table[base.charCodeAt(0)] = partner.charCodeAt(0);
    table[base.toLowerCase().charCodeAt(0)] = partner.toLowerCase().charCodeAt(0);
  }
  return table;
}

function letterKindTable(): Uint8Array {
  const table = new Uint8Array(128);
  for (let code = 0; code < 128; code++) {
    const letter = String.fromCharCode(code);
    if (/[A-Za-z?]/.test(letter)) table[code] = /[ACGTUacgtu]/.test(letter) ? 1 : 2;
  }
  return table;
}
