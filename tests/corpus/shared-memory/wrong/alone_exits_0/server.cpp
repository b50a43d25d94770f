// Projet IPC -- serveur
#include <iostream>
#include <stdexcept>
#include "partage.hpp"

int main() {
    int id = -1;
    try {
        id = nouveau_segment();
        auto* page = attacher(id);
        const std::string alphabet = "abcdefghijklmnopqrstuvwxyz";
        alphabet.copy(page->texte, alphabet.size());
        page->jeton.store(Jeton::client);
        attendre(page->jeton, Jeton::serveur);
    } catch (const std::exception& e) {
        std::cerr << "serveur: " << e.what() << '\n';
        if (id != -1) shmctl(id, IPC_RMID, nullptr);
        return 1;
    }
    if (shmctl(id, IPC_RMID, nullptr) == -1) {
        perror("serveur: shmctl");
        return 1;
    }
    return 0;
}
