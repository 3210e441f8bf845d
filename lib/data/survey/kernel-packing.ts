/** Symbols and null values as the measuring kernel takes them. */

export const MAX_TOKENS = 32
export const MAX_TOKEN_LENGTH = 7
export const MAX_SYMBOL_LENGTH = 14

/** As in numbers.ts: sixteen bytes each, the length and whether it is a word before the text. */
export function packedSymbols(symbols: readonly { readonly text: string; readonly word: boolean }[]): Uint8Array {
  const packed = new Uint8Array(Math.max(1, symbols.length) * 16)
  for (const [at, { text, word }] of symbols.entries()) {
    const bytes = Buffer.from(text)
    if (bytes.length > MAX_SYMBOL_LENGTH) throw new Error(`the symbol ${text} is longer than ${MAX_SYMBOL_LENGTH} bytes`)
    packed.set([bytes.length, word ? 1 : 0, ...bytes], at * 16)
  }
  return packed
}

/** Each token in eight bytes, the last of them its length. */
export function packedTokens(tokens: readonly string[]): Uint8Array {
  const packed = new Uint8Array(tokens.length * 8)
  for (const [at, word] of tokens.entries()) {
    const bytes = Buffer.from(word)
    if (bytes.length > MAX_TOKEN_LENGTH) throw new Error(`the null value ${word} is longer than ${MAX_TOKEN_LENGTH} bytes`)
    packed.set(bytes, at * 8)
    packed[at * 8 + 7] = bytes.length
  }
  return packed
}
