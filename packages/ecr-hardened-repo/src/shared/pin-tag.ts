/** Beginning of the tag of a pinned image; the lifecycle policy keeps images by it and `DeployedImagePins` writes it. */
export const PIN_TAG_PREFIX = 'inuse-';
