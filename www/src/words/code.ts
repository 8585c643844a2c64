/** What stands around the programs that compute what is on screen. */

export const copyTheProgram = "Copy the program";
export const theWholeProgram = "The whole program";
/** Each language with its library, and what has to be installed. */
export const languages = {
  r: { name: "R, keras", needs: "Needs the packages keras and tensorflow, as in the notes." },
  keras: { name: "Python, Keras", needs: "Needs keras, tensorflow, numpy and matplotlib." },
  pytorch: {
    name: "Python, PyTorch",
    needs: "Needs torch, numpy and matplotlib; torchvision for weights of its own.",
  },
};

export function programIn(language: string): string {
  return `Program in ${language}`;
}
