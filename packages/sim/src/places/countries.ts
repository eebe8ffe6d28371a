/** A country of BIOSCAN-5M: published records, a disc inside it (degrees), and provinces where the records usually name one. */
export interface Country {
  readonly name: string;
  readonly records: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly radius: number;
  readonly provinces: readonly string[];
}

/** Name, records, latitude, longitude, radius, provinces. Record counts: https://github.com/bioscan-ml/BIOSCAN-5M; the discs lie inside the countries. */
const rows: readonly (readonly [string, number, number, number, number, string])[] = [
  ['Costa Rica', 3_256_316, 10.1, -84.2, 0.6, 'Guanacaste,Alajuela,Heredia,Limon,Cartago,San Jose,Puntarenas'],
  ['South Africa', 322_096, -28, 25, 4, 'Limpopo,Free State,Northern Cape,Mpumalanga'],
  ['United States', 281_411, 39, -98, 9, 'Texas,Kansas,Colorado,Florida,California'],
  ['Thailand', 152_975, 16, 101.5, 1.8, 'Phetchabun,Nakhon Ratchasima,Chaiyaphum'],
  ['Pakistan', 126_990, 30.5, 71, 2, 'Punjab,Sindh,Khyber Pakhtunkhwa'],
  ['Canada', 117_599, 50, -95, 3, 'Ontario,Manitoba,Alberta,British Columbia'],
  ['Tanzania', 108_945, -5, 34.8, 2, 'Simiyu,Tabora,Singida'],
  ['Ecuador', 104_676, -1.3, -78.5, 0.9, 'Pichincha,Napo,Pastaza'],
  ['Australia', 90_664, -25, 134, 8, 'Queensland,Northern Territory,South Australia'],
  ['Suriname', 82_842, 4, -56, 1, 'Sipaliwini,Brokopondo'],
  ['Norway', 60_925, 61, 9, 1.2, 'Innlandet,Viken'],
  ['Mexico', 46_982, 21, -101, 2, 'Jalisco,Veracruz,Guanajuato'],
  ['Ghana', 38_256, 7.5, -1.2, 1.2, 'Ashanti,Bono East'],
  ['Colombia', 34_444, 4.5, -73.5, 2, 'Meta,Boyaca,Cundinamarca'],
  ['Sweden', 27_912, 60.5, 15, 1.2, ''],
  ['Lebanon', 27_744, 33.9, 35.8, 0.2, ''],
  ['Peru', 26_656, -10, -75.5, 2, 'Pasco,Ucayali'],
  ['Portugal', 25_780, 39.7, -8, 0.6, 'Coimbra,Santarem'],
  ['Philippines', 24_708, 15.6, 121, 0.5, 'Nueva Ecija'],
  ['Argentina', 24_626, -33, -65, 3, 'Cordoba,San Luis'],
  ['Finland', 19_978, 63, 26.5, 1.8, ''],
  ['Egypt', 19_841, 27, 30.5, 2, 'Minya,Qalyubia'],
  ['Vietnam', 16_395, 21.3, 105.2, 0.7, ''],
  ['Bangladesh', 15_352, 24, 90, 0.7, 'Dhaka'],
  ['New Zealand', 14_184, -38.8, 175.8, 0.6, 'Waikato'],
  ['Mozambique', 12_217, -15.5, 37.5, 1.5, 'Nampula'],
  ['Gabon', 11_942, -0.6, 11.8, 0.9, ''],
  ['Germany', 11_310, 50.5, 10, 1.4, 'Hesse,Thuringia,Bavaria'],
  ['Montenegro', 10_869, 42.8, 19.3, 0.25, ''],
  ['Namibia', 10_278, -22.5, 17.3, 2, 'Khomas'],
  ['Georgia', 9_205, 42, 43.6, 0.5, ''],
  ['Brazil', 7_427, -10, -53, 4, 'Mato Grosso'],
  ['Madagascar', 4_359, -19, 46.8, 1, ''],
  ['Austria', 711, 47.5, 14, 0.5, ''],
  ['Italy', 701, 43, 12.3, 0.7, ''],
  ['Czech Republic', 515, 49.8, 15.3, 0.7, ''],
  ['Albania', 379, 41, 20, 0.3, ''],
  ['United Kingdom', 376, 52.5, -1.3, 0.9, 'England'],
  ['Russia', 361, 56, 40, 3, ''],
  ['Antigua and Barbuda', 358, 17.07, -61.8, 0.05, ''],
  ['Sao Tome and Principe', 356, 0.23, 6.6, 0.08, ''],
  ['Spain', 345, 40, -4, 1.6, ''],
  ['Chile', 329, -38, -72.2, 0.6, ''],
  ['France', 261, 46.5, 2.5, 1.8, ''],
  ['Cameroon', 203, 5.5, 12.5, 1.2, ''],
  ['Bulgaria', 33, 42.6, 25.2, 0.7, ''],
  ['Japan', 10, 36.2, 138.2, 0.5, ''],
];

/** The 47 countries, most records first. */
export const countries: readonly Country[] = rows.map(([name, records, latitude, longitude, radius, provinces]) => ({
  name,
  records,
  latitude,
  longitude,
  radius,
  provinces: provinces === '' ? [] : provinces.split(','),
}));
