/** A promise that was broken: which one, and how. A smaller story counts as failing when it breaks the same one. */
export type Failure = { readonly check: string; readonly detail: string }
