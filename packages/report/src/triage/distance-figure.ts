/** How many barcodes lie at each per cent of distance from the case: its own species upwards, others downwards, each on its own scale. */
export function distanceFigure(sameSpecies: readonly number[], others: readonly number[]): string {
  const bar = 24;
  const half = 70;
  const left = 130;
  const width = sameSpecies.length * bar + left + 30;
  const bars = (counts: readonly number[], className: string, up: boolean): string => {
    const most = Math.max(1, ...counts);
    return counts
      .map((count, i) => {
        if (count === 0) return '';
        // A square root keeps single barcodes visible beside thousands.
        const height = Math.max(2, half * Math.sqrt(count / most));
        const y = up ? half + 8 - height : half + 26;
        const name = `${i}${i === counts.length - 1 ? ' % and more' : `–${i + 1} %`}`;
        return `<rect class="${className}" x="${left + i * bar}" y="${y.toFixed(1)}" width="${bar - 3}" height="${height.toFixed(1)}"><title>${name}: ${count}</title></rect>`;
      })
      .join('');
  };
  const ticks = sameSpecies
    .map((_, i) => {
      if (i % 2 !== 0) return '';
      const last = i === sameSpecies.length - 1 ? ' % +' : '';
      return `<text class="soft" x="${left + i * bar}" y="${half + 21}">${i}${last}</text>`;
    })
    .join('');
  return `<svg class="distances" role="img" viewBox="0 0 ${width} ${2 * half + 34}" width="${width}" height="${2 * half + 34}" aria-label="Distances in per cent to barcodes of the same species (${sum(sameSpecies)}) and of others (${sum(others)})">
<text class="tip-same" x="0" y="${half - 4}">same name (${sum(sameSpecies)})</text><text class="tip-other" x="0" y="${half + 44}">others (${sum(others)})</text>
${bars(sameSpecies, 'bar-same', true)}${ticks}${bars(others, 'bar-other', false)}
</svg>`;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
