/** What came of the cases, for people: a table in Markdown, and a line with its way back for each case that failed. */
import type { Outcome } from './try.ts'

/** The most things done that a row lists. */
const MOST = 8

export function tableOf(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ disturbance, held, failed, skipped }) => {
    const done = [...held.entries()].sort(([, a], [, b]) => b - a)
    const well = done.reduce((sum, [, count]) => sum + count, 0)
    const lines = [
      ...done.slice(0, MOST).map(([what, count]) => `${count} × ${what}`),
      ...(done.length > MOST ? [`${done.length - MOST} more kinds`] : []),
      ...[...skipped.entries()].map(([why, count]) => `${count} × ${why}`),
    ]
    return [disturbance.title, `${well + failed.length}`, `${well}`, `${failed.length}`, disturbance.holds, lines.join('; ')]
  })
  const lines = [
    ['what was tried', 'cases', 'held', 'failed', 'what must hold', 'what was done'],
    Array.from({ length: 6 }, () => '---'),
    ...rows,
  ]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** Alike failures together: one is shown, with the command that tries it again. */
export function failuresOf({ disturbance: { name }, failed }: Outcome, seed: number): readonly string[] {
  const groups = new Map<string, { readonly number: number; readonly message: string; count: number }>()
  for (const { number, message } of failed) {
    const key =
      message
        .split('\n')[0]
        ?.replaceAll(/[0-9]+/g, '#')
        .slice(0, 80) ?? ''
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { number, message, count: 1 })
    else group.count++
  }
  return [...groups.values()].map(
    ({ number, message, count }) =>
      `FAILED ${count === 1 ? '' : `${count} times, first `}${name} case ${number}: ${message.slice(0, 3000)}\n  again: npm run chaos -- --only ${name} --seed ${seed} --first ${number} --cases 1`,
  )
}
