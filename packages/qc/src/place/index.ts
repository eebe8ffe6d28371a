export { countryMap, type CountryMap, type WorldTopology } from './country-map.js';
export { checkCoordinates, type CoordinateOptions } from './check-coordinates.js';
export { checkFirstRecords, checkRange, type RangeOptions } from './check-range.js';
