/** Names of countries in specimen tables, as Natural Earth writes them. Overseas departments are drawn as part of their state. */
export const countryAliases: Readonly<Record<string, string>> = {
  'united states': 'United States of America', usa: 'United States of America', 'u.s.a.': 'United States of America',
  'czech republic': 'Czechia', 'bosnia and herzegovina': 'Bosnia and Herz.', 'democratic republic of the congo': 'Dem. Rep. Congo',
  'republic of the congo': 'Congo', 'central african republic': 'Central African Rep.', 'dominican republic': 'Dominican Rep.',
  'equatorial guinea': 'Eq. Guinea', 'cape verde': 'Cabo Verde', swaziland: 'eSwatini', eswatini: 'eSwatini',
  "cote d'ivoire": "Côte d'Ivoire", 'ivory coast': "Côte d'Ivoire", 'sao tome and principe': 'São Tomé and Principe',
  'antigua and barbuda': 'Antigua and Barb.', 'saint kitts and nevis': 'St. Kitts and Nevis', 'saint vincent and the grenadines': 'St. Vin. and Gren.',
  'french polynesia': 'Fr. Polynesia', 'french guiana': 'France', reunion: 'France', 'réunion': 'France', guadeloupe: 'France',
  martinique: 'France', mayotte: 'France', 'solomon islands': 'Solomon Is.', 'marshall islands': 'Marshall Is.', 'cook islands': 'Cook Is.',
  'falkland islands': 'Falkland Is.', 'faroe islands': 'Faeroe Is.', 'cayman islands': 'Cayman Is.', 'turks and caicos islands': 'Turks and Caicos Is.',
  'british virgin islands': 'British Virgin Is.', 'u.s. virgin islands': 'U.S. Virgin Is.', 'virgin islands, u.s.': 'U.S. Virgin Is.',
  'northern mariana islands': 'N. Mariana Is.', 'south sudan': 'S. Sudan', 'western sahara': 'W. Sahara', 'north macedonia': 'Macedonia',
  'viet nam': 'Vietnam', burma: 'Myanmar', 'russian federation': 'Russia', 'korea, south': 'South Korea', 'republic of korea': 'South Korea',
  'east timor': 'Timor-Leste', curacao: 'Curaçao', uk: 'United Kingdom', england: 'United Kingdom', scotland: 'United Kingdom', wales: 'United Kingdom',
  'aland islands': 'Åland', 'svalbard and jan mayen': 'Norway', svalbard: 'Norway', 'the bahamas': 'Bahamas', 'the gambia': 'Gambia',
  'türkiye': 'Turkey', turkiye: 'Turkey', 'the netherlands': 'Netherlands', 'bonaire': 'Netherlands', 'saint martin': 'St-Martin',
}; // prettier-ignore
