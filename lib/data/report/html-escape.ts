/** Text in HTML, as content or as a quoted attribute. */
import { escapeControls } from '#core/text/escape-controls.ts'
import { entryOf } from '#core/text/record.ts'

const ENTITIES: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Cells and names are hostile until they have been here. */
export const escaped = (text: string) => escapeControls(text, 2000).replace(/[&<>"']/g, (one) => entryOf(ENTITIES, one) ?? one)
