import type { BarcodeStatistics } from './summaries.js';

/**
 * Real barcodes as `barcodeStatistics` measures them (seed 1, 300 pairs a group): 108,656 public BOLD records of four insect orders, 1,023 species
 * (CC BY-SA 4.0). Aggregates only: means, and quantiles 0, 1/40 … 1 of each sample. \`bench/realism.ts\` measures them again where the records are at hand.
 */
export const insectBarcodes: BarcodeStatistics = {
  values: {
    'edits within species, mean of means': 6.7602,
    'edits within species, median of means': 3.9429,
    'edits within genus, mean of means': 29.0937,
    'edits within family, mean of means': 57.3613,
    'edits within order, mean of means': 112.7886,
    'edits between orders, mean': 141.9788,
    'largest within species, mean': 12.1375,
    'largest within species, median': 7,
    'nearest other species %, mean': 8.4483,
    'nearest other species %, median': 8.0547,
    'share of species without a gap': 0.062,
    'AT at first positions': 0.5825,
    'AT at second positions': 0.5824,
    'AT at third positions': 0.8991,
    'transitions / transversions, congeners': 1.0707,
    'transitions / transversions, between families': 0.6716,
    'third positions that differ, congeners': 0.2444,
    'third positions that differ, between families': 0.3732,
    'first and second positions that differ, congeners': 0.0248,
    'first and second positions that differ, between families': 0.0907,
    'distinct barcodes a record': 0.4581,
    'mean length': 635.9949,
    'share of exactly 658': 0.4589,
    'share below 600': 0.2861,
    'share with N or other ambiguity': 0.0496,
    'ambiguous letters in these': 3.5886,
  },
  samples: {
    'mean edits within species': [
      1.6, 1.667, 1.8, 1.983, 2.067, 2.2, 2.286, 2.393, 2.505, 2.6, 2.689, 2.778, 2.867, 2.974, 3.076, 3.214, 3.352,
      3.487, 3.6, 3.753, 3.943, 4.15, 4.398, 4.561, 4.8, 5.107, 5.348, 5.718, 6.171, 6.516, 6.934, 7.4, 8.073, 8.813,
      9.75, 10.848, 12.6, 15.383, 20.476, 28.662, 182.667,
    ],
    'mean edits within genus': [
      1.6, 1.8, 2.2, 2.606, 2.974, 3.2, 3.6, 3.817, 4.607, 5.733, 6.333, 6.934, 7.582, 8.909, 11.448, 13.4, 17.597,
      20.467, 22.927, 26.295, 28.13, 29.943, 31.397, 33.051, 35.803, 36.533, 37.907, 40.28, 40.903, 42.527, 44.69,
      47.342, 49.277, 51.17, 54.214, 56.187, 59.478, 65.4, 70.733, 79.893, 182.61,
    ],
    'mean edits within family': [
      1.8, 2.974, 3.6, 6.217, 6.8, 7.543, 8.073, 11, 21.523, 34.109, 39.117, 40.505, 42.227, 43.607, 46.297, 48.147,
      50.06, 56.083, 56.4, 60.907, 63.942, 64.022, 64.293, 65.263, 66.063, 67.723, 69.408, 70.788, 72.453, 74.8, 77.34,
      78.123, 83.897, 86.96, 88.843, 93.133, 96.81, 100.153, 107.803, 118.42, 182.61,
    ],
    'largest within species': [
      2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 6, 7, 7, 7, 8, 8, 9, 9, 10, 10, 11, 12, 13, 14, 15, 16,
      19, 22, 32, 43, 72, 178,
    ],
    'nearest other species %': [
      0, 0.912, 2.128, 3.04, 3.495, 3.799, 4.103, 4.407, 4.711, 4.863, 5.167, 5.623, 5.927, 6.231, 6.535, 6.839, 6.991,
      7.143, 7.295, 7.751, 8.055, 8.359, 8.663, 8.967, 9.119, 9.422, 9.878, 10.03, 10.486, 10.942, 11.246, 11.854,
      12.31, 12.766, 13.222, 13.83, 14.286, 15.046, 15.805, 16.565, 21.884,
    ],
    'differing sites of congeners %': [
      0.152, 3.647, 4.255, 4.711, 5.015, 5.471, 6.079, 6.535, 6.839, 6.991, 7.295, 7.447, 7.751, 7.903, 8.055, 8.207,
      8.511, 8.663, 8.967, 9.271, 9.574, 9.726, 10.03, 10.486, 10.638, 10.942, 11.094, 11.398, 11.55, 12.006, 12.31,
      12.614, 13.222, 13.526, 13.982, 14.438, 14.742, 15.35, 16.109, 17.021, 27.204,
    ],
    'differing third positions between families %': [
      18.182, 25, 26.364, 27.727, 28.182, 29.091, 29.545, 30.455, 30.909, 31.364, 32.273, 32.727, 33.182, 33.636,
      34.091, 35, 35.455, 35.909, 36.364, 36.818, 37.273, 37.727, 38.182, 38.636, 39.091, 39.545, 40, 40.909, 41.364,
      41.818, 42.273, 42.727, 43.636, 44.091, 45, 45.909, 46.364, 47.727, 48.636, 50.455, 60.909,
    ],
    length: [
      80, 445, 525, 549, 562, 567, 576, 579, 584, 588, 590, 594, 608, 616, 624, 632, 637, 649, 653, 655, 658, 658, 658,
      658, 658, 658, 658, 658, 658, 658, 658, 658, 658, 658, 658, 658, 658, 658, 658, 725, 1555,
    ],
    'ambiguous letters, where any': [
      1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4,
      5, 11, 250,
    ],
  },
};
