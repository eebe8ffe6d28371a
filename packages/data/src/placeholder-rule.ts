/** `bioscan5m`: the published rules, exactly. `strict`: also open nomenclature without a stop, and a subgenus in brackets is no placeholder. */
export type PlaceholderMode = 'bioscan5m' | 'strict';

/** Which rule took a name for a placeholder. */
export type PlaceholderRule =
  | 'species-malaise'
  | 'species-lower-case-start'
  | 'genus-malaise'
  | 'genus-lower-case-start'
  | 'species-digit'
  | 'species-adjacent-capitals'
  | 'aff'
  | 'n-sp'
  | 'sp-ex'
  | 'gen'
  | 'sp-with-suffix'
  | 'affinis-with-code'
  | 'species-underscore-or-question-mark'
  | 'species-inner-capital'
  | 'species-full-stop'
  | 'open-nomenclature';

export interface TaxonName {
  readonly genus?: string | undefined;
  readonly species?: string | undefined;
}

interface NameRule {
  readonly id: PlaceholderRule;
  readonly field: 'genus' | 'species' | 'either';
  readonly pattern: RegExp;
}

const malaise = /[mM]+[aA]+[lLiI]+[aA]+[iIlL]+[sSzZ]+[eE]+/;

/** In the published order. Case-sensitive and ASCII; inside a class `\b` is a backspace, in JavaScript as in Python. */
const publishedRules: readonly NameRule[] = [
  { id: 'species-malaise', field: 'species', pattern: malaise },
  { id: 'species-lower-case-start', field: 'species', pattern: /^[a-z]/ },
  { id: 'genus-malaise', field: 'genus', pattern: malaise },
  { id: 'genus-lower-case-start', field: 'genus', pattern: /^[a-z]/ },
  { id: 'species-digit', field: 'species', pattern: /[0-9]/ },
  { id: 'species-adjacent-capitals', field: 'species', pattern: /[A-Z][A-Z]/ },
  { id: 'aff', field: 'either', pattern: /\baff\b/ },
  // eslint-disable-next-line no-control-regex -- the published class holds a backspace
  { id: 'n-sp', field: 'either', pattern: /\bn[\x08.\s]+sp\b/ },
  // eslint-disable-next-line no-control-regex -- as above
  { id: 'sp-ex', field: 'either', pattern: /\bsp[\x08\s]+ex\b/ },
  { id: 'gen', field: 'either', pattern: /\bgen\b/ },
  { id: 'sp-with-suffix', field: 'either', pattern: /\bsp\b\.?[\s\w]+/ },
  { id: 'affinis-with-code', field: 'either', pattern: /affinis\s+[0-9A-Z]+/ },
  { id: 'species-underscore-or-question-mark', field: 'species', pattern: /[_?]/ },
  { id: 'species-inner-capital', field: 'species', pattern: /[^$][A-Z]/ },
  { id: 'species-full-stop', field: 'species', pattern: /\./ },
];

const openNomenclature = /\b(?:n?sp|spp|ssp|nr|cf|complex|group|agg)\b/;
const subgenus = /^([A-Z]\S*)\s+\([A-Za-z.\s]+\)\s+/;

/**
 * The first rule that takes a name for a placeholder (`Megaselia sp. 1`, `Malaise5678`, `BOLD:AAA1234`); undefined for a name to be trusted.
 * An absent genus or species matches nothing. Source: the split rules of BIOSCAN-5M (arXiv:2406.12723).
 */
export function placeholderRule(name: TaxonName, mode: PlaceholderMode): PlaceholderRule | undefined {
  switch (mode) {
    case 'bioscan5m':
      return publishedRule(name);
    case 'strict':
      return strictRule(name);
    default:
      throw new TypeError(`data: unknown placeholder mode ${String(mode satisfies never)}`);
  }
}

function publishedRule({ genus, species }: TaxonName): PlaceholderRule | undefined {
  const filler = genus !== undefined && /^un(?:classified|assigned)/.test(genus);
  return publishedRules.find(({ field, pattern }) => {
    if (field !== 'genus' && species !== undefined && pattern.test(species)) return true;
    if (field === 'species' || genus === undefined) return false;
    return pattern.test(genus) && !(field === 'genus' && filler);
  })?.id;
}

function strictRule({ genus, species }: TaxonName): PlaceholderRule | undefined {
  const bare = species?.replace(subgenus, '$1 ');
  return (
    publishedRule({ genus, species: bare }) ??
    (bare !== undefined && openNomenclature.test(bare) ? 'open-nomenclature' : undefined)
  );
}
