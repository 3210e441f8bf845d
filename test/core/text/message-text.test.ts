// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
/** Texts of messages: names, placeholders, and values that are only values. */
import { describe, expect, it } from 'vitest'
import { escapeHtml, MESSAGE_FACTS, type MessageFacts, placeholdersOf, renderMessage } from '#core/text/message-text.ts'

const facts = {
  ...Object.fromEntries(Object.keys(MESSAGE_FACTS).map((name) => [name, ''])),
  'pipeline.name': 'Sales & <more>',
  'rows.out': 12,
  score: 0.5,
} as MessageFacts

describe('a text of a message', () => {
  it('reads facts by either bracket, and values of the machine', () => {
    const text = {
      template: '{pipeline_name}: {{ rows.out }} of {{find.result.count}}, {{ score }}',
      parameters: { 'find.result.count': 20 },
    }
    expect(renderMessage(text, facts)).toBe('Sales & <more>: 12 of 20, 0.5')
  })

  it('has values escaped in HTML, and not the text around them', () => {
    const text = { template: '<b>{{ pipeline.name }}</b> {{ who }}', parameters: { who: '"Ann" & \'Bob\'' } }
    expect(renderMessage(text, facts, escapeHtml)).toBe('<b>Sales &amp; &lt;more&gt;</b> &quot;Ann&quot; &amp; &#39;Bob&#39;')
  })

  it('never reads a name in a value', () => {
    const text = { template: '{{ a }} {{ b }}', parameters: { a: '{{ b }} {score}', b: '$& $1' } }
    expect(renderMessage(text, facts)).toBe('{{ b }} {score} $& $1')
  })

  it('keeps words in brackets that are no name, and shows null as nothing', () => {
    const text = { template: 'body {color:red} {nothing} [{{ gone }}]', parameters: { gone: null } }
    expect(renderMessage(text, facts)).toBe('body {color:red} {nothing} []')
  })

  it('finds placeholders with one bracket only', () => {
    expect(placeholdersOf('{a} {{ b }} {{c}} ${d} {e f} {g}').map(({ name }) => name)).toEqual(['a', 'g'])
  })
})
