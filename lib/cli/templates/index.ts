/** The list of templates. To add one: its file, and a line here. The first is the default. */
import { etl } from './etl.ts'
import { fileDrop } from './file-drop.ts'
import { multiStage } from './multi-stage.ts'
import { quality } from './quality.ts'
import type { Template } from './template.ts'
import { usual } from './usual.ts'

export const TEMPLATES: readonly [Template, ...Template[]] = [usual, etl, fileDrop, quality, multiStage]
