/**
 * Looks in one step that waits. Each takes 9 events of the history of an execution, which holds 25,000. Source: Step Functions developer
 * guide, "Quotas".
 */
export const MAX_LOOKS = 1000
