/** The page of the measures. */
import { ALL_MEASURES } from '#relational/measures/index.ts'
import { code, generatedFrom, page, table } from './markdown.ts'

export function measuresPage(): string {
  return page(
    '# Measures',
    generatedFrom('lib/relational/measures'),
    'What the survey finds out about every column, chunk by chunk. Each is an accumulator whose parts merge to the same value in any grouping, so the chunks do not matter. [Add one](../add-a-rule.md).',
    table(
      ['Measure', 'What it is'],
      ALL_MEASURES.map(({ name, summary }) => [code(name), summary]),
    ),
  )
}
