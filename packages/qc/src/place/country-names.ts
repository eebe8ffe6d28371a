/** Lower case, without accents, articles and full stops: `The Bahamas` and `bahamas`, `Réunion` and `reunion` are one. */
export function normalCountry(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replaceAll('&', 'and')
    .replace(/[.'’]/g, '')
    .replace(/^the /, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Names of countries in specimen tables (normalised), as Natural Earth writes them. Overseas departments are drawn as part of their state. */
export const countryAliases: Readonly<Record<string, string>> = {
  'united states': 'United States of America', usa: 'United States of America', us: 'United States of America', hawaii: 'United States of America',
  alaska: 'United States of America', 'czech republic': 'Czechia', 'bosnia and herzegovina': 'Bosnia and Herz.',
  'democratic republic of the congo': 'Dem. Rep. Congo', 'democratic republic of congo': 'Dem. Rep. Congo', 'congo, democratic republic of the': 'Dem. Rep. Congo',
  'republic of the congo': 'Congo', 'central african republic': 'Central African Rep.', 'dominican republic': 'Dominican Rep.',
  'equatorial guinea': 'Eq. Guinea', 'cape verde': 'Cabo Verde', swaziland: 'eSwatini', 'ivory coast': "Côte d'Ivoire",
  'antigua and barbuda': 'Antigua and Barb.', 'saint kitts and nevis': 'St. Kitts and Nevis', 'saint vincent and the grenadines': 'St. Vin. and Gren.',
  'french polynesia': 'Fr. Polynesia', 'french guiana': 'France', reunion: 'France', guadeloupe: 'France', martinique: 'France', mayotte: 'France',
  'solomon islands': 'Solomon Is.', 'marshall islands': 'Marshall Is.', 'cook islands': 'Cook Is.', 'falkland islands': 'Falkland Is.',
  'falkland islands (islas malvinas)': 'Falkland Is.', 'faroe islands': 'Faeroe Is.', 'cayman islands': 'Cayman Is.',
  'turks and caicos islands': 'Turks and Caicos Is.', 'british virgin islands': 'British Virgin Is.', 'us virgin islands': 'U.S. Virgin Is.',
  'virgin islands, us': 'U.S. Virgin Is.', 'virgin islands, british': 'British Virgin Is.', 'northern mariana islands': 'N. Mariana Is.',
  'south sudan': 'S. Sudan', 'western sahara': 'W. Sahara', 'north macedonia': 'Macedonia', 'viet nam': 'Vietnam', burma: 'Myanmar',
  'russian federation': 'Russia', 'korea, south': 'South Korea', 'korea, north': 'North Korea', 'republic of korea': 'South Korea',
  'korea, republic of': 'South Korea', 'east timor': 'Timor-Leste', uk: 'United Kingdom', england: 'United Kingdom', scotland: 'United Kingdom',
  wales: 'United Kingdom', 'northern ireland': 'United Kingdom', 'great britain': 'United Kingdom', 'aland islands': 'Åland', svalbard: 'Norway',
  'svalbard and jan mayen': 'Norway', 'jan mayen': 'Norway', 'bouvet island': 'Norway', turkiye: 'Turkey', bonaire: 'Netherlands',
  'bonaire, sint eustatius and saba': 'Netherlands', 'saint martin': 'St-Martin', 'saint barthelemy': 'St-Barthélemy',
  'saint pierre and miquelon': 'St. Pierre and Miquelon', 'wallis and futuna': 'Wallis and Futuna Is.', macau: 'Macao', 'hong kong sar': 'Hong Kong',
  'french southern and antarctic lands': 'Fr. S. Antarctic Lands', 'french southern territories': 'Fr. S. Antarctic Lands',
  'british indian ocean territory': 'Br. Indian Ocean Ter.', 'south georgia and the south sandwich islands': 'S. Geo. and the Is.',
  pitcairn: 'Pitcairn Is.', 'pitcairn islands': 'Pitcairn Is.', 'christmas island': 'Indian Ocean Ter.', 'cocos islands': 'Indian Ocean Ter.',
  'cocos (keeling) islands': 'Indian Ocean Ter.', 'heard island and mcdonald islands': 'Heard I. and McDonald Is.', 'vatican city': 'Vatican',
  'brunei darussalam': 'Brunei', 'lao peoples democratic republic': 'Laos', 'syrian arab republic': 'Syria', 'iran, islamic republic of': 'Iran',
  'tanzania, united republic of': 'Tanzania', 'bolivia, plurinational state of': 'Bolivia', 'venezuela, bolivarian republic of': 'Venezuela',
  'moldova, republic of': 'Moldova', 'micronesia, federated states of': 'Micronesia', 'federated states of micronesia': 'Micronesia',
  'palestinian territory': 'Palestine', 'taiwan, province of china': 'Taiwan', 'saint helena, ascension and tristan da cunha': 'Saint Helena',
  azores: 'Portugal', madeira: 'Portugal', 'canary islands': 'Spain', 'galapagos islands': 'Ecuador',
}; // prettier-ignore

/**
 * Outlines that a table may file under a country although the map draws them apart: dependencies, and areas that more than one state administers or
 * claims. Coordinates there are no error under either name; the list takes no side.
 */
export const alsoUnder: Readonly<Record<string, readonly string[]>> = {
  'United States of America': ['Puerto Rico', 'U.S. Virgin Is.', 'Guam', 'American Samoa', 'N. Mariana Is.'],
  France: [
    'New Caledonia', 'Fr. Polynesia', 'St-Martin', 'St-Barthélemy', 'St. Pierre and Miquelon', 'Wallis and Futuna Is.', 'Fr. S. Antarctic Lands',
  ],
  'United Kingdom': [
    'Bermuda', 'Cayman Is.', 'British Virgin Is.', 'Turks and Caicos Is.', 'Anguilla', 'Montserrat', 'Falkland Is.', 'Saint Helena', 'Pitcairn Is.',
    'S. Geo. and the Is.', 'Br. Indian Ocean Ter.', 'Jersey', 'Guernsey', 'Isle of Man',
  ],
  Denmark: ['Greenland', 'Faeroe Is.'],
  Netherlands: ['Aruba', 'Curaçao', 'Sint Maarten'],
  China: ['Hong Kong', 'Macao', 'Taiwan'],
  'New Zealand': ['Cook Is.', 'Niue'],
  Australia: ['Norfolk Island', 'Indian Ocean Ter.', 'Ashmore and Cartier Is.', 'Heard I. and McDonald Is.'],
  Finland: ['Åland'],
  Argentina: ['Falkland Is.', 'S. Geo. and the Is.'],
  Cyprus: ['N. Cyprus'],
  Somalia: ['Somaliland'],
  Serbia: ['Kosovo'],
  Morocco: ['W. Sahara'],
  Israel: ['Palestine'],
  Palestine: ['Israel'],
  'Sint Maarten': ['St-Martin'],
  'St-Martin': ['Sint Maarten'],
  India: ['Siachen Glacier'],
  Pakistan: ['Siachen Glacier'],
}; // prettier-ignore
