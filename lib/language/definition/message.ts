/** Compiles texts of messages: their references become values beside the text, like parameters of a row expression. */
import type { Json } from '#core/json.ts'
import { factOfPlaceholder, isMessageFact, MESSAGE_FACTS, type MessageText, placeholdersOf } from '#core/text/message-text.ts'
import { nearest } from '#core/text/nearest.ts'
import type { CheckContext } from './check-shape.ts'
import { compileText, isOpaque, reportInText } from './compile-value.ts'
import type { Path } from './parse-context.ts'
import type { Scope } from './scope.ts'
import { referencesOf } from './template.ts'

/** The text as tasks get it; a whole `{% … %}` is a value of the machine. */
export function compileMessage(text: string, path: Path, scope: Scope, context: CheckContext): Json {
  if (isOpaque(path, context)) return null
  if (/^\s*\{%[\s\S]*%\}\s*$/.test(text)) return compileText(text, path, scope, context)
  checkPlaceholders(text, path, context)
  const parameters: { [name: string]: Json } = {}
  for (const { inner, start, closed } of referencesOf(text)) {
    const isOwn = Object.hasOwn(parameters, inner)
    if (isOwn || (closed && isMessageFact(inner) && !scope.inputs.has(inner) && !scope.steps.has(inner))) continue
    // spaces in front keep the place of a problem
    const alone = `${' '.repeat(start)}{{ ${inner}${closed ? ' }}' : ''}`
    parameters[inner] = compileText(alone, path, scope, context)
  }
  return { template: text, parameters } satisfies MessageText as unknown as Json
}

/** A `{word}` that nothing fills stays as it is: most often it is misspelt. */
function checkPlaceholders(text: string, path: Path, context: CheckContext): void {
  for (const { name, start } of placeholdersOf(text)) {
    if (factOfPlaceholder(name) !== undefined) continue
    const names = Object.keys(MESSAGE_FACTS).map((fact) => fact.replace('.', '_'))
    const meant = nearest(name, names)
    const what = `a message has no \`{${name}}\`, and will contain it as it is`
    const hint = `${meant === undefined ? '' : `did you mean \`{${meant}}\`? `}names here: ${names.join(', ')}`
    // it can be meant as text
    reportInText(context, 'unknown-placeholder', path, start, { what, hint }, 'warning')
  }
}
