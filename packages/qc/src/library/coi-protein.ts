/**
 * The majority amino acid at the 219 whole codons of the Folmer region of COI, counted over public insect barcodes of exactly 658 bp without
 * ambiguity or stop. The region starts with the third position of a codon, so codon c covers positions 1 + 3 c to 3 + 3 c.
 */
export const coiProtein: string =
  'TLYFIFGIWAGMVGTSLSLLIRAELGNPGSLIGDDQIYNTIVTAHAFIMIFFMVMPIMIGGFGNWLVPLMLGAPDMAFPRMNNMSFWLLPPSLTLLISSS' +
  'IVENGAGTGWTVYPPLSSNIAHGGSSVDLAIFSLHLAGISSILGAINFITTIINMRLNGMSFDQMPLFVWAVGITALLLLLSLPVLAGAITMLLTDRNLN' +
  'TSFFDPAGGGDPILYQHLF';

/** Bases of the Folmer region between its primers. */
export const windowLength = 658;

/** Amino acids of the invertebrate mitochondrial code (NCBI table 5), codons in ACGT order, first letter most significant. */
const byCodon = 'KNKNTTTTSSSSMIMIQHQHPPPPRRRRLLLLEDEDAAAAGGGGVVVV*Y*YSSSSWCWCLFLF';

/** Number of an amino acid: its position in this string; {@link stop} and {@link unknown} follow. */
const aminoAcids = 'ACDEFGHIKLMNPQRSTVWY';
export const stop = 20;
export const unknown = 21;

/** Amino acid of each codon of base-4 digits (A 0, C 1, G 2, T 3), `16 a + 4 b + c`. */
export const translation: Uint8Array = /* @__PURE__ */ Uint8Array.from(byCodon, (letter) =>
  letter === '*' ? stop : aminoAcids.indexOf(letter),
);

/** {@link coiProtein} in numbers. */
export const protein: Uint8Array = /* @__PURE__ */ Uint8Array.from(coiProtein, (letter) => aminoAcids.indexOf(letter));
