/** Texts of our own are never taken apart: what they say travels as data. Only texts of other programs are searched. */
import { describe, expect, it } from 'vitest'
import { filesBelow, textOf } from './sources.ts'

/** Files that search the messages of other programs, with the program. */
const FOREIGN: { readonly [file: string]: string } = {
  'lib/aws/lambda/secrets-manager.ts': 'Secrets Manager names the missing permission in a sentence only',
  'lib/io/duckdb/error.ts': 'the native engine has messages, and no codes',
  'lib/io/connectors/postgresql/errors.ts': 'the client of PostgreSQL has sentences for errors before the server answers',
  'lib/io/s3/errors.ts': 'the AWS SDK has sentences for errors of connections and permissions',
  'lib/io/channels/email/smtp.ts': 'nodemailer replaces the code of the system, and keeps it in its text only',
  'lib/language/definition/yaml-syntax.ts': 'the YAML parser has one code for several mistakes',
}

const EXPRESSION = /\/[^/\n]+\/[gimsuy]*\.(?:test|exec)\(|\bnew RegExp\(|\.(?:match|matchAll|search)\(/
const MESSAGES = /\b(?:cause|message|hint|what)\b/
const KEYS = /\bkey\b/

const linesWith = (files: readonly string[], about: RegExp) =>
  files.flatMap((file) =>
    textOf(file)
      .split('\n')
      .flatMap((line, at) => {
        const [, call = ''] = /(?:\.(?:test|exec|match|matchAll|search)|new RegExp)\(((?:[^()]|\([^()]*\))*)/.exec(line) ?? []
        return EXPRESSION.test(line) && about.test(call) ? [{ file, line: `${file}:${at + 1}: ${line.trim()}` }] : []
      }),
  )

describe('regular expressions', () => {
  const files = filesBelow('lib', '.ts')

  it('read no causes, messages and hints of our own', () => {
    const found = linesWith(files, MESSAGES)
    expect(found.filter(({ file }) => FOREIGN[file] === undefined).map(({ line }) => line)).toEqual([])
    expect(Object.keys(FOREIGN).filter((file) => !found.some((one) => one.file === file))).toEqual([])
  })

  it('read no keys of a store', () => {
    const rooms = ['lib/io/workspace/', 'lib/io/state/', 'lib/data/', 'lib/run/', 'lib/aws/']
    expect(
      linesWith(
        files.filter((file) => rooms.some((room) => file.startsWith(room))),
        KEYS,
      ).map(({ line }) => line),
    ).toEqual([])
  })

  it('are not made from the name of a step', () => {
    expect(linesWith(files, /\$\{(?:\w+\.)?(?:step|id|unit)\}/).map(({ line }) => line)).toEqual([])
  })
})
