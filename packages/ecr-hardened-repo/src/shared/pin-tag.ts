/** What the tag of a pinned image starts with; the lifecycle policy keeps images by it and `DeployedImagePins` writes it. */
export const PIN_TAG_PREFIX = 'inuse-';
