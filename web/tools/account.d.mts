export function accountModule(): string;
