/** An order as BIOSCAN-5M holds it: its class, and its records among the 5,150,850 published. */
export interface OrderShare {
  readonly class: string;
  readonly order: string;
  readonly records: number;
}

/**
 * The commonest orders of BIOSCAN-5M with their published numbers of records, most first. Names of classes and orders are real, since body plans
 * and shares follow them; everything below is invented. Source: https://github.com/bioscan-ml/BIOSCAN-5M.
 */
export const orderShares: readonly OrderShare[] = [
  { class: 'Insecta', order: 'Diptera', records: 3_675_317 },
  { class: 'Insecta', order: 'Hymenoptera', records: 574_049 },
  { class: 'Insecta', order: 'Hemiptera', records: 264_540 },
  { class: 'Insecta', order: 'Coleoptera', records: 252_145 },
  { class: 'Insecta', order: 'Lepidoptera', records: 181_065 },
  { class: 'Insecta', order: 'Psocodea', records: 46_106 },
  { class: 'Collembola', order: 'Entomobryomorpha', records: 35_982 },
  { class: 'Arachnida', order: 'Araneae', records: 25_020 },
  { class: 'Insecta', order: 'Thysanoptera', records: 16_088 },
  { class: 'Arachnida', order: 'Trombidiformes', records: 14_214 },
  { class: 'Insecta', order: 'Trichoptera', records: 8_961 },
  { class: 'Insecta', order: 'Neuroptera', records: 6_253 },
  { class: 'Insecta', order: 'Blattodea', records: 5_529 },
  { class: 'Insecta', order: 'Orthoptera', records: 5_182 },
];
