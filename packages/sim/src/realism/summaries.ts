/** How barcodes are distributed: one number a statistic, and sorted samples for two-sample plots. */
export interface BarcodeStatistics {
  readonly values: Readonly<Record<string, number>>;
  readonly samples: Readonly<Record<string, readonly number[]>>;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function ascending(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

/** The value below which a share of a sorted sample lies. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
