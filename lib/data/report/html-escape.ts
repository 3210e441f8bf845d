/** Text in HTML, as content or as a quoted attribute. */
import { visible } from '#core/text/visible.ts'
import { entryOf } from '#core/text/record.ts'

const ENTITIES: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Cells and names are hostile until they have been here. */
export const escaped = (text: string) => visible(text, 2000).replace(/[&<>"']/g, (one) => entryOf(ENTITIES, one) ?? one)
