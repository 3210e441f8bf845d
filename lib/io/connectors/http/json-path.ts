/** Parts of a JSON text by a path, as they are written there: a number keeps all its digits. The text is valid JSON. */
import { preview } from '#core/text/preview.ts'
import { nearest } from '#core/text/nearest.ts'

type Path = readonly (string | number)[]

const STEP = /\.?([^.[\]"]+)|\.?\["([^"]+)"\]|\[(\d+)\]/y

/** `data.items`, `$.data.items`, `data["odd.name"]`, `list[0]`; `$` is the whole. Undefined for what is no path. */
export function pathOf(text: string): Path | undefined {
  const path: (string | number)[] = []
  STEP.lastIndex = /^\$(?=$|[.[])/.test(text) ? 1 : 0
  while (STEP.lastIndex < text.length) {
    const found = STEP.exec(text)
    if (found === null) return undefined
    const [, plain, quoted, index] = found
    path.push(plain ?? quoted ?? Number(index))
  }
  return path
}

/** The text of a value; or, where there is none, what there is instead. */
export type Found = { readonly text: string } | { readonly missing: string }

export function valueAt(text: string, path: Path): Found {
  let value = text.trim()
  for (const [at, step] of path.entries()) {
    const where = at === 0 ? 'the answer' : pathText(path.slice(0, at))
    if (typeof step === 'number') {
      const items = value.startsWith('[') ? itemsOf(value) : undefined
      const item = items?.[step]
      if (item === undefined) return { missing: `${where} is ${items === undefined ? kindOf(value) : `a list of ${items.length}`}` }
      value = item
      continue
    }
    if (!value.startsWith('{')) return { missing: `${where} is ${kindOf(value)}` }
    const members = membersOf(value)
    const found = members.get(step)
    if (found === undefined) {
      const near = nearest(step, [...members.keys()])
      return { missing: `${keysOf(where, members)}${near === undefined ? '' : `; did you mean ${near}?`}` }
    }
    value = found
  }
  return { text: value }
}

/** What a value is, for messages: with its keys if it has some. */
export const described = (value: string, where: string) =>
  value.startsWith('{') ? keysOf(where, membersOf(value)) : `${where} is ${kindOf(value)}`

const keysOf = (where: string, members: ReadonlyMap<string, string>) =>
  members.size === 0 ? `${where} is an empty object` : `${where} has the keys ${preview([...members.keys()])}`

export const pathText = (path: Path) =>
  path.length === 0
    ? 'the answer'
    : path
        .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
        .join('')
        .replace(/^\./, '')

const kindOf = (value: string) =>
  value.startsWith('[')
    ? 'a list'
    : value.startsWith('{')
      ? 'an object'
      : value.startsWith('"')
        ? 'a text'
        : /^[-\d]/.test(value)
          ? 'a number'
          : value

/** The texts of the items of a list. */
export function itemsOf(list: string): string[] {
  const items: string[] = []
  for (let at = afterSpace(list, 1); list[at] !== ']'; ) {
    const end = endOf(list, at)
    items.push(list.slice(at, end))
    at = afterSpace(list, end)
    if (list[at] === ',') at = afterSpace(list, at + 1)
  }
  return items
}

/** The texts of the values of an object by key; of a key that is there twice the last, as in JavaScript. */
function membersOf(object: string): Map<string, string> {
  const members = new Map<string, string>()
  for (let at = afterSpace(object, 1); object[at] !== '}'; ) {
    const keyEnd = endOf(object, at)
    const start = afterSpace(object, afterSpace(object, keyEnd) + 1)
    const end = endOf(object, start)
    members.set(JSON.parse(object.slice(at, keyEnd)) as string, object.slice(start, end))
    at = afterSpace(object, end)
    if (object[at] === ',') at = afterSpace(object, at + 1)
  }
  return members
}

const STRING = /"(?:[^"\\]|\\.)*"/y
const SPACE = /[ \t\r\n]*/y
const SCALAR = /[^\s,\]}]+/y
const MARK = /["{}[\]]/g

const matchEnd = (pattern: RegExp, text: string, at: number) => {
  pattern.lastIndex = at
  pattern.exec(text)
  return pattern.lastIndex
}

const afterSpace = (text: string, at: number) => matchEnd(SPACE, text, at)

/** Where the value that begins at `at` ends. */
function endOf(text: string, at: number): number {
  const first = text[at]
  if (first === '"') return matchEnd(STRING, text, at)
  if (first !== '{' && first !== '[') return matchEnd(SCALAR, text, at)
  let depth = 0
  for (let from = at; ; ) {
    MARK.lastIndex = from
    const mark = MARK.exec(text)
    if (mark === null) return text.length
    if (mark[0] === '"') from = matchEnd(STRING, text, mark.index)
    else {
      depth += mark[0] === '{' || mark[0] === '[' ? 1 : -1
      from = mark.index + 1
      if (depth === 0) return from
    }
  }
}
