/** The page of the dialects: what each looks like, and what it is read as. */
import { canonicalText } from '#language/definition/dialects/canonical.ts'
import type { Dialect } from '#language/definition/dialects/dialect.ts'
import { DIALECTS } from '#language/definition/dialects/index.ts'
import { generatedFrom, page } from './markdown.ts'

export function dialectsPage(): string {
  return page(
    '# Dialects',
    generatedFrom('lib/language/definition/dialects'),
    'Other spellings of a definition. A file in a dialect is read as the canonical form below it: `siftstep fmt --canonical` prints it, ' +
      '`siftstep validate` shows which dialect it found, and problems show the lines, the paths and the keys of the file as it is written. ' +
      'A file is written in one form: keys of another are unknown in it.',
    ...DIALECTS.flatMap(sectionOf),
  )
}

const sectionOf = ({ name, summary, example }: Dialect): readonly string[] => [
  `## ${name}`,
  summary,
  block(example),
  'is read as',
  block(canonicalText(example, { file: `${name}.yaml` }).text),
]

const block = (yaml: string) => `\`\`\`yaml\n${yaml.trimEnd()}\n\`\`\``
