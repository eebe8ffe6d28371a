/**
 * Words of a text as uncased BERT's basic tokenisation: control characters go, whitespace and CJK ideographs part words, lower case without
 * accents, each punctuation character is a word of its own.
 */
export function basicTokens(text: string): readonly string[] {
  return cleaned(text)
    .normalize('NFC')
    .split(/\s+/u)
    .map((word) =>
      word
        .toLowerCase()
        .normalize('NFD')
        .replace(/\p{Mn}/gu, ''),
    )
    .flatMap((word) => word.match(words) ?? []);
}

/** ASCII that is neither letter nor digit counts as punctuation, `$` and `^` included, beside Unicode's. */
const punctuation = '!-\\/:-@\\[-`{-~\\p{P}';
const words = new RegExp(`[${punctuation}]|[^${punctuation}\\s]+`, 'gu');

/** The ideographs that BERT parts, by Unicode block; not kana and hangul. */
const ideographs =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b820}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;

function cleaned(text: string): string {
  return text
    .replace(/[\t\n\r]/gu, ' ')
    .replace(/[\p{C}\ufffd]/gu, '')
    .replace(ideographs, ' $& ');
}
