/** Invertebrate mitochondrial code, NCBI translation table 5: amino acids of the 64 codons in TCAG order. */
const aminoAcids = 'FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSSSSVVVVAAAADDEEGGGG';
const tcag = 'TCAG';

/** Amino acid of a codon (upper-case ACGT), `*` for a stop, as in translation table 5. */
export function translateCodon(codon: string): string {
  const index = 16 * tcag.indexOf(codon.charAt(0)) + 4 * tcag.indexOf(codon.charAt(1)) + tcag.indexOf(codon.charAt(2));
  const aminoAcid = aminoAcids[index];
  if (codon.length !== 3 || aminoAcid === undefined) throw new RangeError(`sim: codon of three ACGT, got '${codon}'`);
  return aminoAcid;
}

/** The codons of an amino acid under table 5. */
export function codonsOf(aminoAcid: string): string[] {
  return [...tcag]
    .flatMap((a) => [...tcag].flatMap((b) => [...tcag].map((c) => a + b + c)))
    .filter((codon) => translateCodon(codon) === aminoAcid);
}
