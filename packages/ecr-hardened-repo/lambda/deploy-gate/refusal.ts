/** Says why an image cannot be let through, and that waiting would not help. */
export class Refusal extends Error {}
