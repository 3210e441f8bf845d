/** The page of the measures. */
import { ALL_MEASURES } from '#relational/measures/index.ts'
import { code, generatedFrom, page, table } from './markdown.ts'

export function measuresPage(): string {
  return page(
    '# Measures',
    generatedFrom('lib/relational/measures'),
    'What the survey measures in every column, chunk by chunk. Each measure is an accumulator whose parts merge to the same value in any grouping, so results do not depend on the chunks. [Add one](../add-a-rule.md).',
    table(
      ['Measure', 'Meaning'],
      ALL_MEASURES.map(({ name, summary }) => [code(name), summary]),
    ),
  )
}
