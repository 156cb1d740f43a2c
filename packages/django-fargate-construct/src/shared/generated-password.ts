/**
 * Characters that no generated key, token or password has. Letters and digits alone mean the same to every reader of the
 * environment: django-environ takes a `$` at the beginning for the name of another variable, a URL ends its password at `@`
 * or `/`, a shell and an env file know `#`, `!`, quotes and `\`. 30 of the other 62 are 178 bits, 64 are 381.
 */
export const EXCLUDED_CHARACTERS = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';
