import type { Lineage, Rank } from '@bioscan/core';

export interface TaxonomyTextOptions {
  /** In the order of the text. Default: order, family, genus, species, as CLIBD. */
  readonly ranks?: readonly Rank[];
  /** What stands for a rank without a name: the literal `not_classified`, as CLIBD (default), or nothing. */
  readonly missing?: 'not_classified' | 'omit';
}

/** The names of a lineage as one line of text. */
export function taxonomyText(lineage: Lineage, options: TaxonomyTextOptions = {}): string {
  return taxonomyNames(lineage, settleTaxonomyText(options)).join(' ');
}

export function settleTaxonomyText(options: TaxonomyTextOptions): Required<TaxonomyTextOptions> {
  const { ranks = ['order', 'family', 'genus', 'species'], missing = 'not_classified' } = options;
  return { ranks, missing };
}

/** The names that {@link taxonomyText} joins, in its order. */
export function taxonomyNames(lineage: Lineage, { ranks, missing }: Required<TaxonomyTextOptions>): readonly string[] {
  return ranks.flatMap((rank) => lineage[rank] ?? (missing === 'omit' ? [] : [missing]));
}
