/** How often this process asked a service again, because it was told to slow down, got no answer, or only a part of one. */
let count = 0

/** Called where a call is repeated; a call that succeeds at once counts nothing. */
export function countRetries(more: number): void {
  count += more
}

/** So far, like the process's peak of memory: the difference of two moments is what happened between them. */
export const retriesSoFar = () => count
