/** What is looked at: labels of its fields, and what each holds. */

export const channel = { label: "Open channel", hint: "The channel seen close up." };
export const iteration = { label: "Iterate", hint: "The iterate shown; 0 is the start." };
export const beside = { label: "Side by side", hint: "What differs on the other side." };
export const speed = { label: "Playing speed", hint: "Steps that the player shows in a second." };
export const code = { label: "Program", hint: "The language of the program shown." };
export const tour = { label: "Tour", hint: "The step of the guided tour." };
