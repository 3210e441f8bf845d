/** Which states ran where: in the emulator's own interpreter, or in our engine with the emulator's functions and bucket. */
import type { HistoryEvent } from '#asl/engine/history.ts'

type Given = Pick<HistoryEvent, 'type'> & { readonly stateEnteredEventDetails?: { readonly name?: string | undefined } | undefined }

export function whereStatesRan() {
  const places = new Map<string, Map<string, number>>()
  return {
    take(place: string, event: Given): void {
      const kind = /^(\w+)StateEntered$/.exec(event.type)?.[1]
      if (kind === undefined) return
      const own = places.get(place) ?? new Map<string, number>()
      places.set(place, own)
      const what = event.stateEnteredEventDetails?.name?.endsWith('.distributed') === true ? `distributed ${kind}` : kind
      own.set(what, (own.get(what) ?? 0) + 1)
    },
    lines: () =>
      [...places].map(
        ([place, own]) =>
          `states that ran in ${place}: ${[...own]
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([what, count]) => `${what} ${count}`)
            .join(', ')}`,
      ),
  }
}
