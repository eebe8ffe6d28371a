/**
 * What the simulator knows of the Folmer region of COI: the majority amino acid at its 219 whole codons, and how often another one stands there
 * (tenths), both counted over 4,658 public insect barcodes of exactly 658 bp without ambiguity or stop. The region starts at a third codon position.
 */
export const coiProtein: string =
  'TLYFIFGIWAGMVGTSLSLLIRAELGNPGSLIGDDQIYNTIVTAHAFIMIFFMVMPIMIGGFGNWLVPLMLGAPDMAFPRMNNMSFWLLPPSLTLLISSS' +
  'IVENGAGTGWTVYPPLSSNIAHGGSSVDLAIFSLHLAGISSILGAINFITTIINMRLNGMSFDQMPLFVWAVGITALLLLLSLPVLAGAITMLLTDRNLN' +
  'TSFFDPAGGGDPILYQHLF';

/** Tenths of records with another amino acid than the majority, a digit a codon. */
export const coiTolerance =
  '100010040301201010410020015003201200000500010001000000001100000000100010000000001000000100011200430041130100000000000132106040000100000100100000040001031001645553142000205040006000000000000000000000000000002000000000000';

/** Length of the region in bases: one third position and 219 codons. */
export const coiLength = 658;
