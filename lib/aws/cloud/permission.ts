/** A statement of a policy, as data. */
export interface Permission {
  /** The Sid of the statement: its purpose in a word or two. */
  readonly sid: string
  readonly reason: string
  readonly effect?: 'Deny'
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  readonly conditions?: { readonly [operator: string]: { readonly [key: string]: string | readonly string[] } }
}
