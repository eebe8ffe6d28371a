export { backbone, type Backbone } from './backbone.js';
export { checkLineages, checkNames, type NameOptions } from './check-names.js';
