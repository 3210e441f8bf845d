/** Escaped text and small charts for the HTML report. Charts are inline SVG: they can be printed and follow the colours of the page. */
import type { DrawnCell } from './document.ts'
import { shareOf, measured, whole } from './figures.ts'
import { escapeControls } from '#core/text/escape-controls.ts'
import { escapeHtml } from '#core/text/message-text.ts'

/** Text as content or as a quoted attribute. Cells and names are untrusted until they are escaped. */
export const escaped = (text: string) => escapeHtml(escapeControls(text, 2000))

/** A coordinate, always a number. */
const at = (value: number) => `${Math.round(value * 100) / 100}`

/** A bar for a share. The number is shown beside it, so the bar is hidden from screen readers. */
export function bar(share: number): string {
  const width = Math.min(1, Math.max(0, share)) * 100
  return `<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class="rest" width="100" height="6"/><rect class="part" width="${at(width)}" height="6"/></svg>`
}

export function bars(list: NonNullable<DrawnCell['bars']>): string {
  return `<ul class="bars">${list.map(({ label, share }) => `<li><span>${escaped(label)}</span> <span class="number">${shareOf(share)}</span>${bar(share)}</li>`).join('')}</ul>`
}

/** One column per bin, as high as its count; its label describes it. */
export function histogram({ from, to, counts }: NonNullable<DrawnCell['histogram']>): string {
  const highest = Math.max(1, ...counts)
  const width = 100 / Math.max(1, counts.length)
  const columns = counts.map((count, bin) => {
    // a bin with any values is visible
    const height = count === 0 ? 0 : Math.max(1, (count / highest) * 24)
    return `<rect class="part" x="${at(bin * width)}" y="${at(24 - height)}" width="${at(width * 0.9)}" height="${at(height)}"/>`
  })
  const label = escaped(`${counts.length} bins from ${measured(from)} to ${measured(to)}, the fullest with ${whole(highest)} values`)
  return `<svg class="histogram" viewBox="0 0 100 24" preserveAspectRatio="none" role="img" aria-label="${label}"><title>${label}</title>${columns.join('')}</svg>`
}
