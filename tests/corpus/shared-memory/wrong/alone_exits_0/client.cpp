// Projet IPC -- client
#include <iostream>
#include "partage.hpp"

int main() {
    try {
        int id = shmget(5678, sizeof(Page), 0);
        if (id == -1) throw std::runtime_error("pas de segment");
        auto* page = attacher(id);
        attendre(page->jeton, Jeton::client);
        std::cout << page->texte << std::endl;
        page->jeton.store(Jeton::serveur);
    } catch (const std::exception& e) {
        std::cerr << "client: " << e.what() << '\n';
    }
}
