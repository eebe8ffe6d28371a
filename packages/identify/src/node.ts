export { openIdentifier, type FolderIdentifier, type PhotoFile } from './node/open-identifier.js';
export { folderSource } from './node/folder-source.js';
